#include "net/mail_program.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/address.h"

#define ARGUMENTS_MAX ((size_t)64 * 1024) /* bytes */

static enum err
make_arguments(const struct mail_program_call *call, struct arena *a,
    const char *const **ret, struct why *why)
{
	const char *const ours[] = { "-i", "-f",
		call->sender.len == 0 ? "<>" : arena_copy(a, call->sender).p,
		"--", arena_copy(a, call->recipient).p, NULL };
	const size_t nours = sizeof(ours) / sizeof(ours[0]);
	size_t n = 0;
	const char **argv;

	while (call->command[n] != NULL)
		n++;
	argv = arena_alloc(a, (n + nours) * sizeof(*argv));
	if (argv == NULL || ours[2] == NULL || ours[4] == NULL)
		return why_set(why, E_NOMEM, "too many arguments");
	memcpy(argv, call->command, n * sizeof(*argv));
	memcpy(argv + n, ours, sizeof(ours));
	*ret = argv;
	return E_OK;
}

/* A CR stays unless LF follows. */
static void
add_with_lf(struct span text, struct buf *ret)
{
	while (text.len > 0) {
		const char *cr = memchr(text.p, '\r', text.len);
		size_t n = cr == NULL ? text.len : (size_t)(cr - text.p);
		bool line_ends = n + 1 < text.len && cr[1] == '\n';

		if (cr != NULL && !line_ends)
			n++;
		buf_add(ret, span_head(text, n));
		text = span_skip(text, line_ends ? n + 1 : n);
	}
}

static enum err
check_call(const struct mail_program_call *call, struct why *why)
{
	if (call->sender.len > 0 && !address_is_valid(call->sender))
		return why_set(why, E_SYNTAX, "not a sender's address");
	if (!address_is_valid(call->recipient))
		return why_set(why, E_SYNTAX, "not a recipient's address");
	return E_OK;
}

enum err
mail_program_start(const struct mail_program_call *call, int64_t now_ns,
    struct program **ret, struct why *why)
{
	struct arena a = ARENA_INIT(ARGUMENTS_MAX);
	struct buf text = BUF_INIT(call->message.len);
	struct program_call run = { .timeout_ns = call->timeout_ns };
	enum err e = check_call(call, why);

	add_with_lf(call->message, &text);
	run.input = buf_span(&text);
	if (e == E_OK && text.err != E_OK)
		e = why_set(why, text.err, "out of memory");
	if (e == E_OK)
		e = make_arguments(call, &a, &run.argv, why);
	if (e == E_OK)
		e = program_start(&run, now_ns, ret, why);
	buf_free(&text);
	arena_free(&a);
	return e;
}
