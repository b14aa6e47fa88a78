/* docs/example.c, as compiled for an MTA's author, tells what it says. */
#include "support/test.h"

#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "receiver.h"

static int
run(const char *socket_name)
{
	char program[] = EXAMPLE, argument[512] = "";
	char *argv[] = { program, argument, NULL };
	pid_t child;
	int status;

	assert_true(strlen(socket_name) < sizeof(argument));
	memcpy(argument, socket_name, strlen(socket_name));
	assert_int_equal(0,
	    posix_spawn(&child, program, NULL, NULL, argv, environ));
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_one_sts_policy_with_one_failure(void **state)
{
	struct receiver r;

	(void)state;
	receiver_open(&r);
	assert_int_equal(0, run(r.path));
	assert_span("{\"dpv\": \"1\",\"d\": \"example.com\","
		    "\"pr\": \"v=TLSRPTv1; rua=mailto:tlsrpt@example.com\","
		    "\"policies\":[{\"policy-type\":2,"
		    "\"policy-domain\": \"example.com\","
		    "\"policy-string\":[\"version: STSv1\",\"mode: enforce\","
		    "\"mx: *.example.com\",\"max_age: 604800\"],"
		    "\"mx-host\":[\"*.example.com\"],"
		    "\"failure-details\":[{\"c\":204,\"s\": \"192.0.2.25\","
		    "\"n\": \"mx1.example.com\",\"r\": \"198.51.100.25\"}],"
		    "\"t\":1,\"f\":1}]}",
	    receiver_take(&r));
	receiver_assert_empty(&r);
	receiver_close(&r);
}

static void
test_no_collector_is_said_and_survived(void **state)
{
	(void)state;
	assert_int_equal(1, run("/nonexistent/tlsrpt.sock"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_sts_policy_with_one_failure),
		cmocka_unit_test(test_no_collector_is_said_and_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
