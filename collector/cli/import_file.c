#include "cli/import_file.h"

#include <errno.h>
#include <unistd.h>

#include "base/ascii.h"
#include "codec/mbox.h"

#define CHUNK 65536

struct reading {
	struct import_file *file;
	int fd;
	char chunk[CHUNK];
	struct span now; /* what was read last */
	uint64_t bytes;
	struct mbox mbox;
	struct buf body;
};

/* The next bytes; none: that was the end. */
static enum err
read_more(struct reading *r, struct why *why)
{
	ssize_t n;

	do
		n = read(r->fd, r->chunk, sizeof(r->chunk));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return why_errno(why, "%s", r->file->name);
	r->now = (struct span){ r->chunk, (size_t)n };
	r->bytes += (size_t)n;
	if (r->file->tell != NULL)
		r->file->tell(r->file->arg, r->bytes);
	return E_OK;
}

static enum err
add(struct reading *r, bool is_mail, struct why *why)
{
	enum err e = import_batch_add(r->file->batch, r->file->name, &r->body,
	    is_mail, why);

	r->file->store_failed = e != E_OK;
	return e;
}

/* -- a mailbox -- */

static enum err
take_mails(struct reading *r, struct why *why)
{
	enum err e = E_OK;

	while (e == E_OK && mbox_take(&r->mbox, &r->now, &r->body))
		e = add(r, true, why);
	return e;
}

static enum err
read_mailbox(struct reading *r, struct why *why)
{
	enum err e = E_OK;

	while (e == E_OK && r->now.len > 0)
		if ((e = take_mails(r, why)) == E_OK)
			e = read_more(r, why);
	if (e == E_OK && mbox_end(&r->mbox, &r->body))
		e = add(r, true, why);
	return e;
}

/* -- one mail or report -- */

/* What else is handed over is packed, or text of the wrong kind; of a mail
 * that is no report more can be said. */
static bool
begins_report(struct span body)
{
	static const struct span begins[] = { { "\x1f\x8b", 2 }, { "PK", 2 },
		{ "{", 1 }, { "[", 1 }, { "<", 1 }, { "\xef\xbb\xbf", 3 },
		{ "\xff\xfe", 2 }, { "\xfe\xff", 2 }, { "\0", 1 } };

	while (body.len > 0 && ascii_is_one_of(body.p[0], " \t\r\n"))
		body = span_skip(body, 1);
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (span_take(&body, begins[i]))
			return true;
	return false;
}

static enum err
read_one(struct reading *r, struct why *why)
{
	bool is_mail = !begins_report(r->now);
	enum err e = E_OK;

	while (e == E_OK && r->now.len > 0) {
		buf_add(&r->body, r->now);
		e = r->body.err == E_NOMEM ? E_NOMEM : read_more(r, why);
	}
	return e == E_OK ? add(r, is_mail, why) : e;
}

enum err
import_file_read(struct import_file *f, int fd, struct why *why)
{
	struct reading r = { .file = f,
		.fd = fd,
		.mbox = MBOX_INIT,
		.body = BUF_INIT(IMPORT_BODY_MAX) };
	enum err e = read_more(&r, why);

	if (e == E_OK)
		e = mbox_begins(r.now) ? read_mailbox(&r, why)
				       : read_one(&r, why);
	buf_free(&r.body);
	return e;
}
