#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum err
why_set(struct why *why, enum err e, const char *fmt, ...)
{
	va_list ap;

	if (why != NULL && why->text[0] == '\0') {
		va_start(ap, fmt);
		(void)vsnprintf(why->text, sizeof(why->text), fmt, ap);
		va_end(ap);
	}
	return e;
}

static enum err
err_from_errno(int error)
{
	switch (error) {
	case ENOMEM:
		return E_NOMEM;
	case ENOENT:
		return E_ABSENT;
	case EEXIST:
		return E_EXISTS;
	case EACCES:
	case EPERM:
	case EROFS:
		return E_DENIED;
	case ENOSPC:
	case EDQUOT:
		return E_FULL;
	case EAGAIN:
	case EBUSY:
		return E_BUSY;
	case EMSGSIZE:
		return E_RANGE;
	default:
		return E_IO;
	}
}

enum err
why_errno(struct why *why, const char *fmt, ...)
{
	int error = errno;
	size_t len;
	va_list ap;

	if (why != NULL && why->text[0] == '\0') {
		va_start(ap, fmt);
		(void)vsnprintf(why->text, sizeof(why->text), fmt, ap);
		va_end(ap);
		len = strlen(why->text);
		(void)snprintf(why->text + len, sizeof(why->text) - len, ": %s",
		    strerror(error));
	}
	errno = error;
	return err_from_errno(error);
}

const char *
err_text(enum err e)
{
	static const char *const texts[] = {
		[E_OK] = "success",
		[E_NOMEM] = "out of memory",
		[E_SYNTAX] = "malformed",
		[E_RANGE] = "past a ceiling",
		[E_ABSENT] = "not there",
		[E_EXISTS] = "there already",
		[E_DENIED] = "not permitted",
		[E_IO] = "input or output failed",
		[E_FULL] = "no space left",
		[E_BUSY] = "busy",
		[E_AWAY] = "store away",
		[E_CONFLICT] = "changed by somebody else",
		[E_UNCERTAIN] = "outcome unknown",
		[E_DAMAGED] = "damaged",
		[E_VERSION] = "wrong version",
		[E_USAGE] = "wrong usage",
	};

	return texts[e];
}
