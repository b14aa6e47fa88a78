#include "support/intake_fixture.h"

#include "base/buf.h"

static int64_t
going_ns(const struct clock *c)
{
	struct intake_fixture *f = c->arg;

	return f->now_ns += f->step_ns;
}

void
intake_fixture_open(struct intake_fixture *f)
{
	struct buf errors = BUF_INIT(4096), url = BUF_INIT(4096);
	struct store_schema schema;
	struct why why = { { 0 } };

	*f = (struct intake_fixture){ .now_ns = NOW_S * NS_PER_S };
	f->clock = (struct clock){ .wall_ns = going_ns,
		.mono_ns = going_ns,
		.arg = f };
	support_mkdtemp(f->folder);
	assert_ok(config_parse(SPAN_LIT("[daemon]\nroles = collect\n"), "test",
	    f->folder, &f->config, &errors));
	buf_free(&errors);
	buf_addf(&url, "sqlite:%s/db", f->folder);
	assert_ok_why(store_make(buf_str(&url), &f->store, &why), &why);
	buf_free(&url);
	assert_ok_why(store_migrate(f->store, NOW_S, &schema, &why), &why);
}

void
intake_fixture_close(struct intake_fixture *f)
{
	store_close(f->store);
	config_free(f->config);
	support_rmdir(f->folder);
}

static enum err
count(void *arg, const struct inbox_row *r)
{
	size_t *n = arg;

	(void)r;
	++*n;
	return E_OK;
}

void
assert_inbox(struct intake_fixture *f, enum inbox_state state, size_t want)
{
	struct inbox_filter filter = INBOX_ALL;
	size_t n = 0;

	filter.state = (int)state;
	assert_ok(store_inbox_list(f->store, &filter, count, &n, NULL));
	assert_int_equal(want, n);
}
