#include "support/test.h"

#include "base/buf.h"
#include "store/pgsql_hosts.h"

static void
add_part(struct buf *out, const char *part)
{
	buf_addf(out, "%s ", part == NULL ? "-" : part);
}

/* What is tried, by PostgreSQL's manual (34.1.1.3, several hosts): name,
 * address and port of each. */
static void
test_each_host_in_its_order(void **state)
{
	static const struct {
		const char *url, *want;
		int64_t connect_timeout_s;
	} cases[] = {
		{ "postgresql:///db", "- - - ", 0 },
		{ "postgresql://u@127.0.0.1/db", "127.0.0.1 127.0.0.1 - ", 0 },
		{ "postgresql://127.0.0.1:5433,[::1]:5434/db",
		    "127.0.0.1 127.0.0.1 5433 ::1 ::1 5434 ", 0 },
		{ "postgresql://127.0.0.1,127.0.0.2/db?port=6432",
		    "127.0.0.1 127.0.0.1 6432 127.0.0.2 127.0.0.2 6432 ", 0 },
		{ "postgresql:///db?host=/run/postgresql",
		    "/run/postgresql - - ", 0 },
		{ "postgresql:///db?host=/a,@b,127.0.0.1",
		    "/a - - @b - - 127.0.0.1 127.0.0.1 - ", 0 },
		{ "postgresql:///db?hostaddr=192.0.2.1,192.0.2.2",
		    "- 192.0.2.1 - - 192.0.2.2 - ", 0 },
		{ "postgresql:///db?host=a,b&hostaddr=192.0.2.1,192.0.2.2",
		    "a 192.0.2.1 - b 192.0.2.2 - ", 0 },
		{ "postgresql://a..b/db", "a..b - - ", 0 },
		{ "postgresql://127.0.0.1/db?connect_timeout=7",
		    "127.0.0.1 127.0.0.1 - ", 7 },
		/* For libpq to find, or to find fault with. */
		{ "postgresql://127.0.0.1,/db", "- - - ", 0 },
		{ "postgresql:///db?host=a,b&port=1,2,3", "- - - ", 0 },
		{ "postgresql:///db?host=a,b&hostaddr=192.0.2.1", "- - - ", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf got = BUF_INIT(4096);
		struct pgsql_hosts hosts;
		struct why why;

		print_message("%s\n", cases[i].url);
		assert_err(E_OK, pgsql_hosts_find(cases[i].url, &hosts, &why));
		for (size_t h = 0; h < hosts.n; h++) {
			add_part(&got, hosts.v[h].name);
			add_part(&got, hosts.v[h].address);
			add_part(&got, hosts.v[h].port);
		}
		assert_string_equal(cases[i].want, buf_str(&got));
		assert_int_equal(cases[i].connect_timeout_s,
		    hosts.connect_timeout_s);
		pgsql_hosts_free(&hosts);
		buf_free(&got);
	}
}

static void
test_what_libpq_cannot_read(void **state)
{
	struct pgsql_hosts hosts;
	struct why why = { { 0 } };

	(void)state;
	assert_err(E_USAGE,
	    pgsql_hosts_find("postgresql://[::1/db", &hosts, &why));
	assert_non_null(strstr(why.text, "store url"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_host_in_its_order),
		cmocka_unit_test(test_what_libpq_cannot_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
