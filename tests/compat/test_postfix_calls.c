/* The library under the calls of Postfix 3.11's tls/tlsrpt_wrapper.c: loaded at
 * run time, the 13 functions that it imports, its order and its NULLs. The
 * datagrams wanted are those that Postfix sent with libtlsrpt 0.5. */
#include "support/test.h"

#include <dlfcn.h>
#include <errno.h>
#include <glob.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "receiver.h"
#include "tlsrpt.h"

/* No datagram of the folder may go by unseen if its name changes. */
#define CORPUS_MIN 60

#define IMPORTS(X)                      \
	X(open)                         \
	X(close)                        \
	X(init_delivery_request)        \
	X(finish_delivery_request)      \
	X(cancel_delivery_request)      \
	X(init_policy)                  \
	X(finish_policy)                \
	X(add_policy_string)            \
	X(add_mx_host_pattern)          \
	X(add_delivery_request_failure) \
	X(error_code_is_internal)       \
	X(errno_from_error_code)        \
	X(strerror)

#define DECLARE(name) __typeof__(tlsrpt_##name) *name;
static struct {
	IMPORTS(DECLARE)
} lib;

static void *
symbol(void *library, const char *name)
{
	void *found = dlsym(library, name);

	if (found == NULL)
		fail_msg("%s: %s", name, dlerror());
	return found;
}

static int
load(void **state)
{
	void *library = dlopen(LIBTLSRPT, RTLD_NOW | RTLD_LOCAL);

	(void)state;
	if (library == NULL)
		fail_msg("%s", dlerror());
#define RESOLVE(name) \
	*(void **)(void *)&lib.name = symbol(library, "tlsrpt_" #name);
	IMPORTS(RESOLVE)
	return 0;
}

/* -- trw_report_success and trw_report_failure -- */

static const char *
text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int
add_strings(struct tlsrpt_dr_t *dr, const json_t *strings,
    int (*add)(struct tlsrpt_dr_t *, const char *))
{
	int res = 0;

	for (size_t i = 0; res == 0 && i < json_array_size(strings); i++)
		res = add(dr, json_string_value(json_array_get(strings, i)));
	return res;
}

static int
add_failure(struct tlsrpt_dr_t *dr, const json_t *failure)
{
	json_int_t code = json_integer_value(json_object_get(failure, "c"));

	/* Postfix has no additional information. */
	assert_null(json_object_get(failure, "a"));
	return lib.add_delivery_request_failure(dr, (tlsrpt_failure_t)code,
	    text(failure, "s"), text(failure, "n"), text(failure, "h"),
	    text(failure, "r"), NULL, text(failure, "f"));
}

static int
report_policy(struct tlsrpt_dr_t *dr, const json_t *policy)
{
	json_t *failures = json_object_get(policy, "failure-details");
	json_int_t type = json_integer_value(
	    json_object_get(policy, "policy-type"));
	json_int_t result = json_integer_value(json_object_get(policy, "f"));
	int res;

	res = lib.init_policy(dr, (tlsrpt_policy_type_t)type,
	    text(policy, "policy-domain"));
	if (res == 0)
		res = add_strings(dr, json_object_get(policy, "policy-string"),
		    lib.add_policy_string);
	if (res == 0)
		res = add_strings(dr, json_object_get(policy, "mx-host"),
		    lib.add_mx_host_pattern);
	assert_true(json_array_size(failures) <= 1);
	if (res == 0 && json_array_size(failures) == 1)
		res = add_failure(dr, json_array_get(failures, 0));
	if (res == 0)
		res = lib.finish_policy(dr, (tlsrpt_final_result_t)result);
	return res;
}

static int
report(const char *socket_name, const json_t *datagram)
{
	json_t *policies = json_object_get(datagram, "policies");
	struct tlsrpt_connection_t *con;
	struct tlsrpt_dr_t *dr;
	int res;

	assert_int_equal(1, json_array_size(policies));
	res = lib.open(&con, socket_name);
	if (res != 0)
		return res;
	res = lib.init_delivery_request(&dr, con, text(datagram, "d"),
	    text(datagram, "pr"));
	if (res == 0) {
		res = report_policy(dr, json_array_get(policies, 0));
		if (res == 0)
			res = lib.finish_delivery_request(&dr);
		else
			(void)lib.cancel_delivery_request(&dr);
	}
	(void)lib.close(&con);
	return res;
}

/* -- tests -- */

static json_t *
parse(const char *path, struct span bytes)
{
	json_error_t error;
	json_t *datagram = json_loadb(bytes.p, bytes.len,
	    JSON_REJECT_DUPLICATES, &error);

	if (datagram == NULL)
		fail_msg("%s: %s", path, error.text);
	return datagram;
}

static void
replay(struct receiver *r, const char *path)
{
	struct span want = support_file(path + strlen(TESTS_DIR "/"));
	json_t *datagram = parse(path, want);

	print_message("%s\n", strrchr(path, '/') + 1);
	assert_int_equal(0, report(r->path, datagram));
	assert_span(want.p, receiver_take(r));
	receiver_assert_empty(r);
	json_decref(datagram);
	free((void *)(uintptr_t)want.p);
}

static void
test_each_datagram_of_postfix_comes_out_byte_for_byte(void **state)
{
	glob_t files;
	struct receiver r;

	(void)state;
	assert_int_equal(0,
	    glob(TESTS_DIR "/corpus/datagram/postfix/*.json", 0, NULL, &files));
	assert_true(files.gl_pathc >= CORPUS_MIN);
	receiver_open(&r);
	for (size_t i = 0; i < files.gl_pathc; i++)
		replay(&r, files.gl_pathv[i]);
	receiver_close(&r);
	globfree(&files);
}

/* The lines that Postfix logs are made of these. */
static void
test_postfix_finds_its_words_for_a_failure(void **state)
{
	json_t *datagram = json_pack("{s:s,s:s,s:[{s:i,s:s,s:i,s:i}]}", "d",
	    "a.example", "pr", "v=TLSRPTv1;rua=mailto:r@a.example", "policies",
	    "policy-type", 9, "policy-domain", "a.example", "t", 0, "f", 0);
	char name[109] = "";
	int res;

	(void)state;
	assert_non_null(datagram);
	res = report("/nonexistent/tlsrpt.sock", datagram);
	assert_int_equal(0, lib.error_code_is_internal(res));
	assert_int_equal(ENOENT, lib.errno_from_error_code(res));

	memset(name, 'n', sizeof(name) - 1);
	res = report(name, datagram);
	assert_int_equal(10711, res);
	assert_int_equal(1, lib.error_code_is_internal(res));
	assert_string_equal("TLSRPT internal library error: The name of the "
			    "unix domain socket was too long",
	    lib.strerror(res));
	json_decref(datagram);
}

/* A refused policy string: Postfix cancels, and closes. */
static void
test_postfix_gets_out_of_a_request_that_failed(void **state)
{
	json_t *datagram = json_pack("{s:s,s:s,s:[{s:i,s:[n],s:i}]}", "d",
	    "a.example", "pr", "v=TLSRPTv1;rua=mailto:r@a.example", "policies",
	    "policy-type", 2, "policy-string", "f", 0);
	struct receiver r;

	(void)state;
	assert_non_null(datagram);
	receiver_open(&r);
	assert_int_equal(33000 + EINVAL, report(r.path, datagram));
	receiver_assert_empty(&r);
	receiver_close(&r);
	json_decref(datagram);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_each_datagram_of_postfix_comes_out_byte_for_byte),
		cmocka_unit_test(test_postfix_finds_its_words_for_a_failure),
		cmocka_unit_test(
		    test_postfix_gets_out_of_a_request_that_failed),
	};

	return cmocka_run_group_tests(tests, load, NULL);
}
