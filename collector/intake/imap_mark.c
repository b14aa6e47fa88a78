#include "intake/imap_mark.h"

#define COMMAND_MAX 4096

/* A keyword says what nobody else means by it. Where there can be none those
 * of RFC 3501 have to do, and \Seen does not: whoever looks sets it, and so
 * does our taking of a message that is not in the spool yet. */
const char *
imap_mark_search(const struct imap_state *s)
{
	return s->keeps_keywords ? "UNDELETED UNKEYWORD " IMAP_KEYWORD_TAKEN
				   " UNKEYWORD " IMAP_KEYWORD_REFUSED
				 : "UNDELETED UNANSWERED UNFLAGGED";
}

void
imap_mark_add_uids(struct buf *out, const uint32_t *uids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(out, i == 0 ? "%u" : ",%u", uids[i]);
}

/* -- commands -- */

/* What a command was, and what came of it. */
struct asking {
	const struct imap_marking *marking;
	const uint32_t *uids;
	size_t n;
	struct buf lines;
	struct imap_end end; /* view of lines */
};

static enum err
ask(struct asking *a, const char *command, struct why *why)
{
	const struct imap_link *link = a->marking->link;
	enum err e;

	buf_clear(&a->lines);
	e = link->ask(link->arg, command, &a->lines, why);
	a->end = imap_end_read(buf_span(&a->lines));
	return e;
}

/* "UID VERB uids REST" */
static enum err
ask_about(struct asking *a, const char *verb, const char *rest, struct why *why)
{
	struct buf command = BUF_INIT(COMMAND_MAX);
	enum err e;

	buf_addf(&command, "UID %s ", verb);
	imap_mark_add_uids(&command, a->uids, a->n);
	buf_addf(&command, "%s%s", rest[0] == '\0' ? "" : " ", rest);
	e = command.err == E_OK
	    ? ask(a, buf_str(&command), why)
	    : why_set(why, command.err, "%s", err_text(command.err));
	buf_free(&command);
	return e;
}

/* -- into a folder -- */

static enum err
make_folder(struct asking *a, struct why *why)
{
	struct buf command = BUF_INIT(COMMAND_MAX);
	enum err e;

	buf_addf(&command, "CREATE \"%s\"", a->marking->folder);
	e = command.err == E_OK
	    ? ask(a, buf_str(&command), why)
	    : why_set(why, command.err, "%s", err_text(command.err));
	buf_free(&command);
	return e;
}

/* RFC 3501 s6.4.7: the folder is made if the server asks for it. */
static enum err
put_into_folder(struct asking *a, const char *verb, struct why *why)
{
	struct buf rest = BUF_INIT(COMMAND_MAX);
	struct why first = { { 0 } };
	enum err e;

	buf_addf(&rest, "\"%s\"", a->marking->folder);
	if ((e = rest.err) == E_OK)
		e = ask_about(a, verb, buf_str(&rest), &first);
	if (e == E_CONFLICT && imap_end_has(&a->end, "TRYCREATE") &&
	    (e = make_folder(a, why)) == E_OK)
		e = ask_about(a, verb, buf_str(&rest), why);
	buf_free(&rest);
	return e == E_OK ? E_OK : why_set(why, e, "%s", first.text);
}

/* Only ours, RFC 4315 s2.1; where the server does not know that they stay,
 * marked, until somebody else has all such messages removed. */
static enum err delete (struct asking *a, struct why *why) {
	enum err e = ask_about(a, "STORE", "+FLAGS.SILENT (\\Deleted)", why);

	if (e != E_OK) return e;
	e = ask_about(a, "EXPUNGE", "", NULL);
	return e == E_CONFLICT ? E_OK : e;
}

/* RFC 6851; where the server does not know it, what it is made of. */
static enum err
move(struct asking *a, struct why *why)
{
	struct why first = { { 0 } };
	enum err e = put_into_folder(a, "MOVE", &first);

	if (e != E_CONFLICT || a->end.said != IMAP_SAID_BAD)
		return e == E_OK ? E_OK : why_set(why, e, "%s", first.text);
	if ((e = put_into_folder(a, "COPY", why)) != E_OK)
		return e;
	return delete (a, why);
}

/* -- from outside -- */

enum err
imap_mark_taken(const struct imap_marking *m, const uint32_t *uids, size_t n,
    struct why *why)
{
	struct asking a = { .marking = m,
		.uids = uids,
		.n = n,
		.lines = BUF_INIT(IMAP_ANSWER_MAX) };
	enum err e = E_OK;

	switch (m->taken) {
	case IMAP_TAKEN_FLAG:
		e = ask_about(&a, "STORE",
		    m->state->keeps_keywords
			? "+FLAGS.SILENT (\\Seen " IMAP_KEYWORD_TAKEN ")"
			: "+FLAGS.SILENT (\\Seen \\Answered)",
		    why);
		break;
	case IMAP_TAKEN_MOVE:
		e = move(&a, why);
		break;
	case IMAP_TAKEN_DELETE:
		e = delete (&a, why);
		break;
	}
	buf_free(&a.lines);
	return e;
}

enum err
imap_mark_refused(const struct imap_marking *m, const uint32_t *uids, size_t n,
    struct why *why)
{
	struct asking a = { .marking = m,
		.uids = uids,
		.n = n,
		.lines = BUF_INIT(IMAP_ANSWER_MAX) };
	enum err e = ask_about(&a, "STORE",
	    m->state->keeps_keywords
		? "+FLAGS.SILENT (\\Flagged " IMAP_KEYWORD_REFUSED ")"
		: "+FLAGS.SILENT (\\Flagged)",
	    why);

	buf_free(&a.lines);
	return e;
}
