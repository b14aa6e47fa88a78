#include "report/signing_key.h"

#include <string.h>

#include "base/file.h"

static enum err
parse(struct span pem, const char *path, struct dkim_key **ret, struct why *why)
{
	struct why cause = { { 0 } };
	enum err e = dkim_key_parse(pem, ret, &cause);

	return e == E_OK
	    ? e
	    : why_set(why, e, "%s: %s", path,
		  cause.text[0] == '\0' ? err_text(e) : cause.text);
}

enum err
signing_key_load(const char *word, struct signing_key *ret, struct why *why)
{
	struct buf pem = BUF_INIT(DKIM_KEY_FILE_MAX);
	struct key_word parts;
	enum err e = key_word_parse(word, &parts, why);

	if (e == E_OK)
		e = secret_check_file(parts.path, "a private key", why);
	if (e == E_OK)
		e = file_read(parts.path, &pem, why);
	if (e == E_OK)
		e = parse(buf_span(&pem), parts.path, &ret->key, why);
	if (e == E_OK)
		ret->selector = parts.selector;
	if (pem.p != NULL)
		explicit_bzero(pem.p, pem.len);
	buf_free(&pem);
	return e;
}

static enum err
add_key(const char *word, struct signing_keys *keys, struct why *why)
{
	struct signing_key *k = &keys->v[keys->n];
	enum err e = signing_key_load(word, k, why);

	if (e != E_OK)
		return e;
	keys->n++;
	k->record = BUF_INIT(DKIM_RECORD_MAX);
	e = dkim_key_record(k->key, DKIM_SERVICE_TLSRPT, &k->record);
	return e == E_OK ? e : why_set(why, e, "%s: %s", word, err_text(e));
}

enum err
signing_keys_load(const struct config *c, struct signing_keys *ret,
    struct why *why)
{
	const struct list *words = &c->report_dkim_keys;
	enum err e = E_OK;

	ret->n = 0;
	for (size_t i = 0; e == E_OK && i < words->n; i++)
		e = add_key(words->v[i], ret, why);
	if (e != E_OK)
		signing_keys_free(ret);
	return e;
}

void
signing_keys_free(struct signing_keys *keys)
{
	while (keys->n > 0) {
		dkim_key_free(keys->v[--keys->n].key);
		buf_free(&keys->v[keys->n].record);
	}
}
