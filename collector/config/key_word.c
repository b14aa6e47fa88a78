#include "config/key_word.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "model/address.h"

enum err
key_word_parse(const char *word, struct key_word *ret, struct why *why)
{
	struct span rest = span_str(word), selector;

	if (!span_has(rest, ':'))
		return why_set(why, E_SYNTAX,
		    "\"%.100s\" is not written SELECTOR:FILE", word);
	selector = span_until(&rest, ':');
	if (!address_host_is_valid(selector))
		return why_set(why, E_SYNTAX,
		    "\"%.*s\" is no selector: letters, digits and \"-\"",
		    SPAN_ARG(span_head(selector, 100)));
	if (rest.len == 0)
		return why_set(why, E_SYNTAX, "no file behind \"%.100s\"",
		    word);
	*ret = (struct key_word){ selector, rest.p };
	return E_OK;
}

enum err
key_word_resolve(char **word, const char *folder, struct key_word *ret,
    struct why *why)
{
	enum err e = key_word_parse(*word, ret, why);
	struct buf whole = BUF_INIT(2 * PATH_MAX);

	if (e != E_OK || folder == NULL || ret->path[0] == '/')
		return e;
	buf_addf(&whole, "%.*s:%s/%s", SPAN_ARG(ret->selector), folder,
	    ret->path);
	if (whole.err != E_OK) {
		e = why_set(why, whole.err, "\"%.100s\": %s", *word,
		    err_text(whole.err));
		buf_free(&whole);
		return e;
	}
	free(*word);
	*word = whole.p;
	return key_word_parse(*word, ret, why);
}

enum err
secret_check_file(const char *path, const char *what, struct why *why)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == EACCES ? E_OK
				       : why_set(why, E_USAGE, "\"%s\": %s",
					     path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return why_set(why, E_USAGE, "\"%s\" is not a file", path);
	if (st.st_mode & S_IRWXO)
		return why_set(why, E_USAGE,
		    "\"%s\" is %s that others may use: its mode is %04o, at "
		    "most 0640 is right",
		    path, what, (unsigned)st.st_mode & 07777);
	return E_OK;
}
