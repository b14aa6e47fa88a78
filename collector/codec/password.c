#include "codec/password.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include "codec/secret.h"

#define YESCRYPT "$y$"
#define COST 0 /* the library's own */

/* What an unknown name is compared with: of no password that anybody knows. */
#define NOBODY                                                         \
	"$y$j9T$a9NiQM/fOz6O7fD7q.T4V/$SR.PVjQ7JKL/k2Et.oEzf9stBYOa9R" \
	"MNl0oxqW48Bu9"

static bool
fits(struct span s)
{
	return s.len <= PASSWORD_MAX && !span_has(s, '\0');
}

/* Hash by the setting, which may be a hash; ret is "" on failure. */
static enum err
hash(struct span password, const char *setting, char ret[PASSWORD_HASH_SIZE])
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	char text[PASSWORD_MAX + 1] = "";
	const char *made;

	if (data == NULL)
		return E_NOMEM;
	memcpy(text, password.p == NULL ? "" : password.p, password.len);
	made = crypt_r(text, setting, data);
	ret[0] = '\0';
	if (made != NULL && made[0] != '*')
		(void)memccpy(ret, made, '\0', PASSWORD_HASH_SIZE - 1);
	explicit_bzero(text, sizeof(text));
	explicit_bzero(data, sizeof(*data));
	free(data);
	return ret[0] == '\0' ? E_NOMEM : E_OK;
}

enum err
password_hash(struct span password,
    const unsigned char salt[PASSWORD_SALT_BYTES], char ret[PASSWORD_HASH_SIZE])
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (password.len < PASSWORD_MIN || !fits(password))
		return E_RANGE;
	if (crypt_gensalt_rn(YESCRYPT, COST, (const char *)salt,
		PASSWORD_SALT_BYTES, setting, sizeof(setting)) == NULL)
		return E_NOMEM;
	return hash(password, setting, ret);
}

enum err
password_check(struct span password, struct span kept)
{
	char setting[PASSWORD_HASH_SIZE] = NOBODY, made[PASSWORD_HASH_SIZE];
	bool is_known = kept.p != NULL && kept.len < sizeof(setting);
	enum err e;

	if (!fits(password))
		return E_DENIED;
	if (is_known) {
		memcpy(setting, kept.p, kept.len);
		setting[kept.len] = '\0';
	}
	/* A setting that is none is one of an account without a password. */
	e = hash(password, setting, made);
	if (e != E_OK)
		return is_known && kept.p[0] != '$' ? E_DENIED : e;
	return is_known && secret_eq(span_str(made), kept) ? E_OK : E_DENIED;
}
