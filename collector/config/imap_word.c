#include "config/imap_word.h"

#include <limits.h>
#include <stdlib.h>

#include "base/buf.h"

enum err
imap_word_parse(const char *word, struct arena *arena, struct imap_word *ret,
    struct why *why)
{
	struct span rest = span_str(word);
	struct imap_word w = { .path = NULL };
	enum err e;

	w.text = span_until(&rest, '=');
	if ((e = imap_url_parse(w.text, arena, &w.url, why)) != E_OK)
		return e;
	if (rest.len == 0)
		return why_set(why, E_SYNTAX,
		    "\"%.*s\" is not written URL=FILE: the password's file "
		    "is missing",
		    SPAN_ARG(span_head(w.text, 200)));
	w.path = rest.p;
	*ret = w;
	return E_OK;
}

enum err
imap_word_resolve(char **word, const char *folder, struct arena *arena,
    struct imap_word *ret, struct why *why)
{
	enum err e = imap_word_parse(*word, arena, ret, why);
	struct buf whole = BUF_INIT(2 * PATH_MAX);

	if (e != E_OK || folder == NULL || ret->path[0] == '/')
		return e;
	buf_addf(&whole, "%.*s=%s/%s", SPAN_ARG(ret->text), folder, ret->path);
	if (whole.err != E_OK) {
		e = why_set(why, whole.err, "\"%.*s\": %s",
		    SPAN_ARG(span_head(ret->text, 200)), err_text(whole.err));
		buf_free(&whole);
		return e;
	}
	free(*word);
	*word = whole.p;
	return imap_word_parse(*word, arena, ret, why);
}
