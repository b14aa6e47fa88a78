#include "support/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/mail_program.h"

#define SENDER "tls-reports@sender.example"
#define RECIPIENT "tls@recipient.example"
#define LONG_NS (60 * NS_PER_S)
#define SHORT_NS NS_PER_S
#define MANY 50

/* What a program has come to; the output is a text. */
struct ended {
	bool timed_out;
	int status;
	char output[PROGRAM_OUTPUT_MAX + 1];
	size_t len;
};

static int64_t
now_ns(void)
{
	const struct clock machine = clock_machine(0);

	return clock_mono_ns(&machine);
}

static struct mail_program_call
call_of(const char *const *command)
{
	return (struct mail_program_call){
		.command = command,
		.sender = SPAN_LIT(SENDER),
		.recipient = SPAN_LIT(RECIPIENT),
		.message = SPAN_LIT("Subject: x\r\n\r\nText.\r\n"),
		.timeout_ns = LONG_NS,
	};
}

static struct program *
start(const struct mail_program_call *call)
{
	struct program *p = NULL;
	struct why why = { { 0 } };

	assert_ok_why(mail_program_start(call, now_ns(), &p, &why), &why);
	assert_non_null(p);
	return p;
}

static bool
look(struct program *p, struct ended *ret)
{
	struct program_result r;

	if (!program_poll(p, now_ns(), &r))
		return false;
	ret->timed_out = r.timed_out;
	ret->status = r.wait_status;
	ret->len = r.output.len;
	memcpy(ret->output, r.output.p, r.output.len);
	ret->output[r.output.len] = '\0';
	return true;
}

/* As a caller does: it sleeps until the descriptor or the time says more. */
static void
await(struct program *p, struct ended *ret)
{
	while (!look(p, ret)) {
		int64_t ms = (program_deadline_ns(p) - now_ns()) / NS_PER_MS +
		    1;
		struct pollfd fd = { program_fd(p), POLLIN, 0 };

		(void)poll(&fd, 1, ms < 0 ? 0 : (int)ms);
	}
	program_free(p);
}

static void
run_call(const struct mail_program_call *call, struct ended *ret)
{
	await(start(call), ret);
}

/* The script sees our arguments as $1 and so on. */
static void
run(const char *script, struct ended *ret)
{
	const char *const command[] = { "/bin/sh", "-c", script, "sh", NULL };
	struct mail_program_call call = call_of(command);

	run_call(&call, ret);
}

static void
run_briefly(const char *script, struct ended *ret)
{
	const char *const command[] = { "/bin/sh", "-c", script, "sh", NULL };
	struct mail_program_call call = call_of(command);

	call.timeout_ns = SHORT_NS;
	run_call(&call, ret);
}

static size_t
descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

/* A child, or an orphan that has come to us, ends like this. */
static void
assert_killed_by(int sig, pid_t pid)
{
	int status = 0;

	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFSIGNALED(status));
	assert_int_equal(sig, WTERMSIG(status));
}

static pid_t
pid_in(const struct ended *e)
{
	long pid = strtol(e->output, NULL, 10);

	assert_true(pid > 1);
	return (pid_t)pid;
}

/* -- how it ends -- */

static void
test_exit_codes(void **state)
{
	static const struct {
		const char *script;
		int code;
	} cases[] = {
		{ "exit 0", 0 },
		{ "exit 67", 67 },
		{ "exit 75", 75 },
		{ "exit 127", 127 },
	};
	struct ended e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].script);
		run(cases[i].script, &e);
		assert_true(WIFEXITED(e.status));
		assert_int_equal(cases[i].code, WEXITSTATUS(e.status));
		assert_false(e.timed_out);
		assert_int_equal(0, e.len);
	}
}

static void
test_a_signal(void **state)
{
	struct ended e;

	(void)state;
	run("kill -TERM $$", &e);
	assert_true(WIFSIGNALED(e.status));
	assert_int_equal(SIGTERM, WTERMSIG(e.status));
	assert_false(e.timed_out);
}

static void
test_past_its_time_its_group_is_killed(void **state)
{
	struct ended e;

	(void)state;
	run_briefly("trap '' TERM; sleep 1000 & echo $!; wait; sleep 1000", &e);
	assert_true(e.timed_out);
	assert_true(WIFSIGNALED(e.status));
	assert_int_equal(SIGKILL, WTERMSIG(e.status));
	assert_killed_by(SIGKILL, pid_in(&e));
}

/* As Exim, which delivers behind the back of who called it. */
static void
test_what_it_leaves_behind_goes_on(void **state)
{
	struct ended e;

	(void)state;
	run("sleep 1000 & echo $!", &e);
	assert_true(WIFEXITED(e.status));
	assert_int_equal(0, WEXITSTATUS(e.status));
	assert_int_equal(0, kill(pid_in(&e), SIGTERM));
	assert_killed_by(SIGTERM, pid_in(&e));
}

static void
test_the_end_is_told_again(void **state)
{
	const char *const command[] = { "/bin/sh", "-c", "echo x; exit 3",
		NULL };
	const struct mail_program_call call = call_of(command);
	struct program *p = start(&call);
	struct pollfd fd = { program_fd(p), POLLIN, 0 };
	struct ended e;

	(void)state;
	while (!look(p, &e))
		(void)poll(&fd, 1, 1000);
	memset(&e, 0, sizeof(e));
	assert_true(look(p, &e));
	assert_int_equal(3, WEXITSTATUS(e.status));
	assert_string_equal("x\n", e.output);
	program_free(p);
}

static void
test_freed_while_it_runs(void **state)
{
	const char *const command[] = { "/bin/sh", "-c",
		"sleep 1000 & sleep 1000", NULL };
	const struct mail_program_call call = call_of(command);
	int status;

	(void)state;
	program_free(start(&call));
	program_free(NULL);
	/* Orphans of it may be ours; none goes on. */
	while (waitpid(-1, &status, 0) > 0)
		assert_int_equal(SIGKILL, WTERMSIG(status));
	assert_int_equal(ECHILD, errno);
}

/* Nobody looks for it any more: a zombie would stay. */
static void
test_freed_just_after_it_was_killed(void **state)
{
	const char *const command[] = { "/bin/sh", "-c", "exec sleep 1000",
		NULL };
	struct mail_program_call call = call_of(command);

	(void)state;
	call.timeout_ns = SHORT_NS;
	for (int i = 0; i < 20; i++) {
		struct program *p = start(&call);
		struct program_result r;

		assert_false(program_poll(p, now_ns() + 2 * SHORT_NS, &r));
		program_free(p);
		assert_int_equal(-1, waitpid(-1, NULL, WNOHANG));
		assert_int_equal(ECHILD, errno);
	}
}

static void
test_other_children_are_left_alone(void **state)
{
	pid_t pid = fork();
	struct ended e;
	int status = 0;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(7);
	run("exit 0", &e);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(7, WEXITSTATUS(status));
}

/* -- what it is given -- */

static void
test_arguments(void **state)
{
	const char *const command[] = { "/bin/sh", "-c",
		"printf '%s\\n' \"$@\"", "sh", "-C", "/a folder", NULL };
	struct mail_program_call call = call_of(command);
	struct ended e;

	(void)state;
	run_call(&call, &e);
	assert_string_equal("-C\n/a folder\n-i\n-f\n" SENDER "\n--\n" RECIPIENT
			    "\n",
	    e.output);
	call.sender = SPAN_NONE;
	run_call(&call, &e);
	assert_string_equal("-C\n/a folder\n-i\n-f\n<>\n--\n" RECIPIENT "\n",
	    e.output);
}

static void
test_environment(void **state)
{
	struct ended e;

	(void)state;
	assert_int_equal(0, setenv("PGPASSWORD", "secret", 1));
	/* What the kernel got, without what a shell adds. */
	run("tr '\\0' '\\n' </proc/$$/environ; exit 0", &e);
	assert_string_equal("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
			    "/usr/bin:/sbin:/bin\nLANG=C\n",
	    e.output);
}

/* 3 is the folder that ls reads. */
static void
test_descriptors(void **state)
{
	struct ended e;

	(void)state;
	assert_int_equal(200, dup2(1, 200)); /* not close-on-exec */
	run("exec ls /proc/self/fd", &e);
	assert_string_equal("0\n1\n2\n3\n", e.output);
	(void)close(200);
}

/* 32 and 33, which glibc keeps for itself and ignores in what it spawns. */
#define LIBC_SIGNALS UINT64_C(0x180000000)

static uint64_t
signals_in(const struct ended *e, const char *name)
{
	const char *at = strstr(e->output, name);

	assert_non_null(at);
	return strtoull(at + strlen(name), NULL, 16);
}

static void
test_signals(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	sigset_t term, mask;
	struct ended e;

	(void)state;
	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	assert_int_equal(0, sigprocmask(SIG_BLOCK, &term, &mask));
	assert_int_equal(0, sigaction(SIGPIPE, &ignore, &before));
	run("exec grep -E '^Sig(Blk|Ign)' /proc/self/status", &e);
	(void)sigaction(SIGPIPE, &before, NULL);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	assert_int_equal(0, signals_in(&e, "SigBlk:"));
	assert_int_equal(0, signals_in(&e, "SigIgn:") & ~LIBC_SIGNALS);
}

static void
test_folder_and_session(void **state)
{
	struct ended e;

	(void)state;
	run("pwd; read pid name state parent group session rest"
	    " </proc/self/stat; echo $((pid - group)) $((pid - session))",
	    &e);
	assert_string_equal("/\n0 0\n", e.output);
}

/* A CRLF becomes LF; a CR alone is the text's. */
static void
test_line_ends(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "CRLF", "a\r\n\r\n.\r\nb\r\n", "a\n\n.\nb\n" },
		{ "LF", "a\n\nb\n", "a\n\nb\n" },
		{ "CR", "a\rb\r\r\nc\r", "a\rb\r\nc\r" },
		{ "empty", "", "" },
	};
	const char *const command[] = { "/bin/sh", "-c", "exec cat", NULL };
	struct mail_program_call call = call_of(command);
	struct ended e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		call.message = span_str(cases[i].in);
		run_call(&call, &e);
		assert_string_equal(cases[i].want, e.output);
	}
}

static void
run_large(const char *script, struct ended *ret)
{
	const char *const command[] = { "/bin/sh", "-c", script, NULL };
	struct mail_program_call call = call_of(command);
	const size_t len = (size_t)8 * 1024 * 1024;
	char *text = malloc(len);

	assert_non_null(text);
	memset(text, 'x', len);
	call.message = (struct span){ text, len };
	run_call(&call, ret);
	free(text);
}

static void
test_a_large_message(void **state)
{
	struct ended e;

	(void)state;
	run_large("exec wc -c", &e);
	assert_string_equal("8388608\n", e.output);
	run_large("exit 0", &e); /* does not read it */
	assert_true(WIFEXITED(e.status));
	assert_int_equal(0, WEXITSTATUS(e.status));
	run_large("echo y 2>&- >>/proc/self/fd/0 && echo changed", &e);
	assert_string_equal("", e.output);
}

/* -- what it writes -- */

static void
test_the_begin_of_both_outputs_is_kept(void **state)
{
	struct ended e;

	(void)state;
	run("echo out; echo err >&2; exit 75", &e);
	assert_string_equal("out\nerr\n", e.output);
	run("yes | head -c 10000", &e);
	assert_int_equal(0, WEXITSTATUS(e.status));
	assert_int_equal(PROGRAM_OUTPUT_MAX, e.len);
	for (size_t i = 0; i < e.len; i += 2)
		assert_memory_equal("y\n", e.output + i, 2);
	run("printf '\\377\\000x'", &e);
	assert_int_equal(3, e.len);
	assert_memory_equal("\377\0x", e.output, 3);
}

static long
most_memory_kib(void)
{
	struct rusage usage;

	assert_int_equal(0, getrusage(RUSAGE_SELF, &usage));
	return usage.ru_maxrss;
}

static void
test_much_output_takes_no_memory(void **state)
{
	long before_kib = most_memory_kib();
	struct ended e;

	(void)state;
	run("exec head -c 300000000 /dev/zero", &e);
	assert_true(WIFEXITED(e.status));
	assert_int_equal(0, WEXITSTATUS(e.status));
	assert_int_equal(PROGRAM_OUTPUT_MAX, e.len);
	assert_true(most_memory_kib() - before_kib < 16L * 1024);
}

static void
test_endless_output_ends_with_its_time(void **state)
{
	struct ended e;

	(void)state;
	run_briefly("exec yes", &e);
	assert_true(e.timed_out);
	assert_int_equal(PROGRAM_OUTPUT_MAX, e.len);
}

/* It sleeps meanwhile: a closed output is not readable again and again. */
static void
test_a_closed_output(void **state)
{
	const char *const command[] = { "/bin/sh", "-c",
		"echo x; exec sleep 1000 >&- 2>&-", NULL };
	struct mail_program_call call = call_of(command);
	struct program *p;
	struct pollfd fd = { .events = POLLIN };
	size_t looks = 0;
	struct ended e;

	(void)state;
	call.timeout_ns = SHORT_NS;
	p = start(&call);
	fd.fd = program_fd(p);
	for (; !look(p, &e); looks++)
		(void)poll(&fd, 1, (int)(SHORT_NS / NS_PER_MS) + 100);
	program_free(p);
	assert_true(looks < 10);
	assert_true(e.timed_out);
	assert_string_equal("x\n", e.output);
}

/* -- many -- */

static void
start_many(struct program *v[MANY])
{
	const char *const command[] = { "/bin/sh", "-c",
		"sleep 1; printf %s \"$5\"; exit 75", "sh", NULL };
	struct mail_program_call call = call_of(command);
	char recipient[64];

	for (size_t i = 0; i < MANY; i++) {
		(void)snprintf(recipient, sizeof(recipient), "r%zu@a.example",
		    i);
		call.recipient = span_str(recipient);
		v[i] = start(&call);
	}
}

static void
test_many_at_a_time(void **state)
{
	const size_t before = descriptors();
	const int64_t began_ns = now_ns();
	struct program *v[MANY];
	char want[64];
	struct ended e;

	(void)state;
	start_many(v);
	for (size_t i = 0; i < MANY; i++) {
		await(v[i], &e);
		assert_int_equal(75, WEXITSTATUS(e.status));
		(void)snprintf(want, sizeof(want), "r%zu@a.example", i);
		assert_string_equal(want, e.output);
	}
	/* One after the other takes a second each. */
	assert_true(now_ns() - began_ns < (MANY / 2) * NS_PER_S);
	assert_int_equal(before, descriptors());
}

/* -- what is not started -- */

static void
assert_not_started(enum err want, const struct mail_program_call *call,
    const char *text)
{
	const size_t before = descriptors();
	struct program *p = NULL;
	struct why why = { { 0 } };

	assert_err(want, mail_program_start(call, now_ns(), &p, &why));
	assert_null(p);
	assert_non_null(strstr(why.text, text));
	assert_int_equal(before, descriptors());
	assert_int_equal(-1, waitpid(-1, NULL, WNOHANG));
	assert_int_equal(ECHILD, errno);
}

static void
make_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(0, fclose(file));
	assert_int_equal(0, chmod(path, mode));
}

static void
test_programs_that_cannot_be_run(void **state)
{
	static const struct {
		const char *name, *text;
		mode_t mode;
		enum err want;
		const char *why;
	} cases[] = {
		{ "not executable", "#!/bin/sh\n", 0644, E_USAGE,
		    "Permission denied" },
		{ "no program", "text", 0755, E_USAGE, "Exec format error" },
		{ "no interpreter", "#!/nowhere/sh\n", 0755, E_ABSENT,
		    "No such file" },
	};
	char folder[256], path[300];
	const char *const command[] = { path, NULL };
	const struct mail_program_call call = call_of(command);

	(void)state;
	support_mkdtemp(folder);
	(void)snprintf(path, sizeof(path), "%s/program", folder);
	assert_not_started(E_ABSENT, &call, "/program: No such file");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		make_file(path, cases[i].text, cases[i].mode);
		assert_not_started(cases[i].want, &call, cases[i].why);
	}
	(void)snprintf(path, sizeof(path), "%s", folder);
	assert_not_started(E_USAGE, &call, folder);
	support_rmdir(folder);
}

static void
test_a_path_is_absolute(void **state)
{
	static const char *const relative[] = { "sh", NULL };
	static const char *const none[] = { NULL };
	struct mail_program_call call = call_of(relative);

	(void)state;
	assert_not_started(E_USAGE, &call, "absolute");
	call.command = none;
	assert_not_started(E_USAGE, &call, "absolute");
}

static void
test_addresses_are_checked(void **state)
{
	static const struct span wrong[] = {
		SPAN_LIT("-oQ/tmp@a.example"),
		SPAN_LIT("a b@a.example"),
		SPAN_LIT("a@a.example b@b.example"),
		SPAN_LIT("a@a.example\n"),
		SPAN_LIT("a\0b@a.example"),
		SPAN_LIT("a@a.example\0"),
		SPAN_LIT("a\x7f@a.example"),
		SPAN_LIT("<a@a.example>"),
		SPAN_LIT("a,b@a.example"),
		SPAN_LIT("\"a b\"@a.example"),
		SPAN_LIT("a@a.example;b"),
		SPAN_LIT("a@-a.example"),
		SPAN_LIT("a"),
		SPAN_LIT("@"),
	};
	static const char *const command[] = { "/bin/true", NULL };
	struct mail_program_call call = call_of(command);

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		print_message("%.*s\n", SPAN_ARG(wrong[i]));
		call = call_of(command);
		call.sender = wrong[i];
		assert_not_started(E_SYNTAX, &call, "sender");
		call = call_of(command);
		call.recipient = wrong[i];
		assert_not_started(E_SYNTAX, &call, "recipient");
	}
	call.recipient = SPAN_NONE;
	assert_not_started(E_SYNTAX, &call, "recipient");
}

static int
become_subreaper(void **state)
{
	(void)state;
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_codes),
		cmocka_unit_test(test_a_signal),
		cmocka_unit_test(test_past_its_time_its_group_is_killed),
		cmocka_unit_test(test_what_it_leaves_behind_goes_on),
		cmocka_unit_test(test_the_end_is_told_again),
		cmocka_unit_test(test_freed_while_it_runs),
		cmocka_unit_test(test_freed_just_after_it_was_killed),
		cmocka_unit_test(test_other_children_are_left_alone),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_folder_and_session),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_a_large_message),
		cmocka_unit_test(test_the_begin_of_both_outputs_is_kept),
		cmocka_unit_test(test_much_output_takes_no_memory),
		cmocka_unit_test(test_endless_output_ends_with_its_time),
		cmocka_unit_test(test_a_closed_output),
		cmocka_unit_test(test_many_at_a_time),
		cmocka_unit_test(test_programs_that_cannot_be_run),
		cmocka_unit_test(test_a_path_is_absolute),
		cmocka_unit_test(test_addresses_are_checked),
	};

	return cmocka_run_group_tests(tests, become_subreaper, NULL);
}
