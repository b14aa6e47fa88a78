#include "support/test.h"

#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deliver/smtp_answer.h"

/* The kernel's own wait status of a process that ends so. */
static int
ended(int exit_status, int sig)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (sig != 0)
			(void)kill(getpid(), sig);
		_exit(exit_status);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	return status;
}

/* Numbers as in sysexits(3). */
static void
test_exit_statuses(void **state)
{
	static const struct {
		const char *name;
		int status;
		enum delivery_verdict want;
	} cases[] = {
		{ "EX_OK", 0, VERDICT_ACCEPTED },
		{ "EX_USAGE", 64, VERDICT_GIVE_UP },
		{ "EX_DATAERR", 65, VERDICT_GIVE_UP },
		{ "EX_NOINPUT", 66, VERDICT_RETRY },
		{ "EX_NOUSER", 67, VERDICT_GIVE_UP },
		{ "EX_NOHOST", 68, VERDICT_GIVE_UP },
		{ "EX_UNAVAILABLE", 69, VERDICT_RETRY },
		{ "EX_SOFTWARE", 70, VERDICT_RETRY },
		{ "EX_OSERR", 71, VERDICT_RETRY },
		{ "EX_OSFILE", 72, VERDICT_RETRY },
		{ "EX_CANTCREAT", 73, VERDICT_RETRY },
		{ "EX_IOERR", 74, VERDICT_RETRY },
		{ "EX_TEMPFAIL", 75, VERDICT_RETRY },
		{ "EX_PROTOCOL", 76, VERDICT_RETRY },
		{ "EX_NOPERM", 77, VERDICT_RETRY },
		{ "EX_CONFIG", 78, VERDICT_RETRY },
		{ "any other", 1, VERDICT_RETRY },
		{ "not executable", 126, VERDICT_RETRY },
		{ "not there", 127, VERDICT_RETRY },
		{ "highest", 255, VERDICT_RETRY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		assert_int_equal(cases[i].want,
		    smtp_answer_exit(ended(cases[i].status, 0)));
	}
}

static void
test_killed(void **state)
{
	(void)state;
	assert_int_equal(VERDICT_RETRY, smtp_answer_exit(ended(0, SIGKILL)));
	assert_int_equal(VERDICT_RETRY, smtp_answer_exit(ended(0, SIGTERM)));
}

/* RFC 5321 s4.2.1: the first digit says it. */
static void
test_replies(void **state)
{
	static const struct {
		int code;
		enum delivery_verdict want;
	} cases[] = {
		{ 199, VERDICT_RETRY },
		{ 200, VERDICT_ACCEPTED },
		{ 250, VERDICT_ACCEPTED },
		{ 251, VERDICT_ACCEPTED },
		{ 299, VERDICT_ACCEPTED },
		{ 300, VERDICT_RETRY },
		{ 354, VERDICT_RETRY },
		{ 421, VERDICT_RETRY },
		{ 450, VERDICT_RETRY },
		{ 499, VERDICT_RETRY },
		{ 500, VERDICT_GIVE_UP },
		{ 550, VERDICT_GIVE_UP },
		{ 554, VERDICT_GIVE_UP },
		{ 599, VERDICT_GIVE_UP },
		{ 600, VERDICT_RETRY },
		{ 0, VERDICT_RETRY },
		{ -250, VERDICT_RETRY },
		{ INT_MAX, VERDICT_RETRY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%d\n", cases[i].code);
		assert_int_equal(cases[i].want,
		    smtp_answer_reply(cases[i].code));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_statuses),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
