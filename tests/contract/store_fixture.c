#include "store_fixture.h"

static const char *base_url; /* NULL: SQLite */
static bool is_pooler;

/* -- an empty store for each test -- */

static struct store_options
options_of(const char *url)
{
	struct store_options options = store_options_default(url);

	options.make = true;
	options.pooler = is_pooler;
	return options;
}

struct db *
open_db(const struct fixture *f)
{
	struct store_options options = options_of(f->url);
	struct why why = { { 0 } };
	struct db *db;

	assert_ok_why(db_open_as(&options, &db, &why), &why);
	return db;
}

enum err
open_store_quietly(const struct fixture *f, struct store **ret)
{
	struct store_options options = options_of(f->url);

	return store_open_as(&options, ret, NULL);
}

struct store *
open_store(const struct fixture *f)
{
	struct store *store;

	assert_ok(open_store_quietly(f, &store));
	return store;
}

/* PostgreSQL has one database: each test empties it. */
void
empty_database(const struct fixture *f)
{
	struct why why = { { 0 } };
	struct db *db = open_db(f);

	assert_ok_why(db_script(db,
			  "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
			  &why),
	    &why);
	db_close(db);
}

int
store_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_schema schema;
	struct why why = { { 0 } };

	support_mkdtemp(f->folder);
	if (base_url == NULL)
		(void)snprintf(f->url, sizeof(f->url), "sqlite:%s/store.db",
		    f->folder);
	else
		(void)snprintf(f->url, sizeof(f->url), "%s", base_url);
	if (base_url != NULL)
		empty_database(f);
	f->store = open_store(f);
	assert_ok_why(store_migrate(f->store, NOW_S, &schema, &why), &why);
	assert_int_equal(schema.wanted, schema.version);
	f->arena = ARENA_INIT((size_t)1 << 28);
	f->collector = uuid_new(NOW_S * NS_PER_S);
	f->journal = uuid_new(NOW_S * NS_PER_S);
	*state = f;
	return 0;
}

int
store_teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	arena_free(&f->arena);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

struct position
position(const struct fixture *f, int64_t segment, int64_t offset)
{
	return (struct position){ f->journal, segment, offset };
}

void
register_collector(struct fixture *f)
{
	struct position start = position(f, 1, 0), got;
	struct why why = { { 0 } };

	assert_ok_why(store_collector_register(f->store, &f->collector,
			  SPAN_LIT("mx1"), &start, NOW_S, &got, &why),
	    &why);
}

struct content_key
key(unsigned n)
{
	struct content_key k = { { 0 } };

	k.b[0] = (unsigned char)(n >> 8);
	k.b[1] = (unsigned char)n;
	return k;
}

struct failure_detail
detail(enum result_type type, const char *helo)
{
	return (struct failure_detail){ type, SPAN_LIT("192.0.2.1"),
		SPAN_LIT("mx.example"), span_str(helo), SPAN_LIT("2001:db8::1"),
		SPAN_LIT(""), SPAN_LIT("a\nreason") };
}

enum err
flush(struct fixture *f, int64_t from, int64_t to, struct tally *tallies,
    size_t n, struct why *why)
{
	const struct flush flush = {
		.collector = f->collector,
		.host = SPAN_LIT("mx1"),
		.from = position(f, 1, from),
		.to = position(f, 1, to),
		.watermark_s = NOW_S + to,
		.now_s = NOW_S,
		.tallies = { tally_of_array, tallies, n },
	};

	return store_flush(f->store, &flush, why);
}

void
make_one(struct one *o, int64_t day, const char *domain, uint64_t succeeded,
    uint64_t failed)
{
	o->detail = (struct tally_detail){ key(3),
		detail(RESULT_CERTIFICATE_EXPIRED, "mx.example hello"),
		failed };
	o->policy = (struct tally_policy){
		.key = key(2),
		.type = POLICY_STS,
		.domain = span_str(domain),
		.strings = SPAN_LIT("version: STSv1\nmode: enforce\n"),
		.mx_hosts = SPAN_LIT("mx.example\n"),
		.succeeded = succeeded,
		.failed = failed,
		.details = &o->detail,
		.ndetails = failed > 0,
	};
	o->tally = (struct tally){
		.day = day,
		.domain = span_str(domain),
		.record_key = key(1),
		.record = SPAN_LIT("v=TLSRPTv1; rua=mailto:a@b.example"),
		.rua = SPAN_LIT("mailto:a@b.example\n"),
		.policies = &o->policy,
		.npolicies = 1,
	};
}

void
flush_one(struct fixture *f, int64_t from, int64_t to, int64_t day,
    const char *domain, uint64_t succeeded, uint64_t failed)
{
	struct why why = { { 0 } };
	struct one o;

	make_one(&o, day, domain, succeeded, failed);
	assert_ok_why(flush(f, from, to, &o.tally, 1, &why), &why);
}

struct tally *
read_all(struct fixture *f, int64_t day, size_t *ret_n)
{
	struct tally_cursor start = TALLY_CURSOR_START;
	struct why why = { { 0 } };
	struct tally *tallies;

	arena_reset(&f->arena);
	assert_ok_why(store_tally_read(f->store, day, &start, 1000, &f->arena,
			  &tallies, ret_n, &why),
	    &why);
	return tallies;
}

void
store_kind(int argc, char **argv)
{
	is_pooler = argc == 3 && strcmp(argv[2], "pooler") == 0;
	if (argc != 2 && !is_pooler) {
		(void)fprintf(stderr,
		    "usage: %s sqlite|postgresql://... [pooler]\n", argv[0]);
		exit(2);
	}
	base_url = strcmp(argv[1], "sqlite") == 0 ? NULL : argv[1];
}

enum err
settle_delivery(struct store *store, const struct uuid *claim, struct span id,
    const struct delivery_outcome *o, struct why *why)
{
	struct delivery_settling one = { *claim, id, o, false, NULL };
	enum err e = store_delivery_settle(store, &one, 1, why);

	return e == E_OK && one.is_lost ? E_CONFLICT : e;
}
