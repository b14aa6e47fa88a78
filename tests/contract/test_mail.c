/* The store contract: the signed mails of deliveries. */
#include "store_fixture.h"

#include "store/store_delivery.h"
#include "store/store_mail.h"

#define LEASE_S 600

static void
add(struct fixture *f, const char *id, int64_t queued_s, bool to_sign)
{
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_add(f->store,
			  &(const struct delivery){
			      .id = span_str(id),
			      .report = span_str(id),
			      .uri = SPAN_LIT("mailto:tls@a.example"),
			      .target = SPAN_LIT(""),
			      .host = SPAN_LIT("a.example"),
			      .state = DELIVERY_QUEUED,
			      .queued_s = queued_s,
			      .due_s = queued_s,
			      .to_sign = to_sign,
			  },
			  &why),
	    &why);
}

struct wanted {
	char id[4][16];
	size_t n;
};

static enum err
note_wanted(void *arg, const struct mail_wanted *m)
{
	struct wanted *w = arg;

	assert_true(w->n < 4);
	assert_true(span_eq(SPAN_LIT("mailto:tls@a.example"), m->uri));
	assert_true(span_eq(m->report, m->delivery));
	(void)snprintf(w->id[w->n++], 16, "%.*s", SPAN_ARG(m->delivery));
	return E_OK;
}

static struct wanted
wanted(struct fixture *f, size_t max)
{
	struct wanted w = { .n = 0 };
	struct why why = { { 0 } };

	assert_ok_why(store_mail_wanted(f->store, max, note_wanted, &w, &why),
	    &why);
	return w;
}

static void
put(struct fixture *f, const char *id, struct span message)
{
	struct why why = { { 0 } };

	assert_ok_why(store_begin(f->store, &why), &why);
	assert_ok_why(store_mail_put(f->store, span_str(id),
			  &(const struct signed_mail){ message,
			      SPAN_LIT("s._domainkey.b.example v=DKIM1"),
			      NOW_S },
			  &why),
	    &why);
	assert_ok_why(store_commit(f->store, &why), &why);
}

static enum err
expect_mail(void *arg, const struct signed_mail *m)
{
	const struct span *message = arg;

	assert_true(span_eq(*message, m->message));
	assert_true(
	    span_eq(SPAN_LIT("s._domainkey.b.example v=DKIM1"), m->keys));
	assert_int_equal(NOW_S, m->signed_s);
	return E_OK;
}

static enum err
get(struct fixture *f, const char *id, struct span message)
{
	return store_mail_get(f->store, span_str(id), expect_mail, &message,
	    NULL);
}

static enum err
count(void *arg, const struct delivery *d)
{
	size_t *n = arg;

	(void)d;
	++*n;
	return E_OK;
}

static struct uuid
claim(struct fixture *f, size_t *ret_n)
{
	const struct delivery_wish wish = {
		.now_s = NOW_S + 99,
		.lease_s = LEASE_S,
		.max = 8,
	};
	struct uuid id = uuid_new(NOW_S * NS_PER_S);
	struct why why = { { 0 } };

	*ret_n = 0;
	assert_ok_why(store_delivery_claim(f->store, &id, &wish, count, ret_n,
			  &why),
	    &why);
	return id;
}

static enum err
settle(struct fixture *f, const struct uuid *claimed, const char *id,
    enum delivery_state state, int64_t done_s)
{
	return settle_delivery(f->store, claimed, span_str(id),
	    &(const struct delivery_outcome){ .state = state,
		.reason = SPAN_LIT(""),
		.due_s = NOW_S,
		.done_s = done_s,
		.attempt = { .number = 1,
		    .transport = SPAN_LIT("smtp"),
		    .peer = SPAN_LIT(""),
		    .tls = SPAN_LIT(""),
		    .answer = SPAN_LIT("") } },
	    NULL);
}

static void
test_nobody_claims_what_is_not_signed(void **state)
{
	const struct span message = { "From: a\r\n\r\n\0\377", 14 };
	struct fixture *f = *state;
	struct wanted w;
	size_t n;

	add(f, "d-2", NOW_S + 2, true);
	add(f, "d-1", NOW_S + 1, true);
	add(f, "d-3", NOW_S, false);
	w = wanted(f, 4);
	assert_int_equal(2, w.n);
	assert_string_equal("d-1", w.id[0]);
	assert_string_equal("d-2", w.id[1]);
	assert_int_equal(1, wanted(f, 1).n);
	(void)claim(f, &n);
	assert_int_equal(1, n);

	put(f, "d-2", message);
	assert_int_equal(1, wanted(f, 4).n);
	(void)claim(f, &n);
	assert_int_equal(1, n);
	assert_ok(get(f, "d-2", message));
	assert_err(E_ABSENT, get(f, "d-1", message));
}

static void
test_a_mail_is_made_for_where_it_goes(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_add(f->store,
			  &(const struct delivery){
			      .id = SPAN_LIT("d-1"),
			      .report = SPAN_LIT("d-1"),
			      .uri = SPAN_LIT("https://b.example/"),
			      .target = SPAN_LIT("mailto:tls@a.example"),
			      .host = SPAN_LIT("a.example"),
			      .state = DELIVERY_QUEUED,
			      .to_sign = true,
			  },
			  &why),
	    &why);
	assert_int_equal(1, wanted(f, 4).n);
}

static void
test_a_mail_for_nobody_is_not_kept(void **state)
{
	struct fixture *f = *state;

	put(f, "d-9", SPAN_LIT("x"));
	assert_err(E_ABSENT, get(f, "d-9", SPAN_LIT("x")));
	add(f, "d-1", NOW_S, false);
	put(f, "d-1", SPAN_LIT("x"));
	assert_err(E_ABSENT, get(f, "d-1", SPAN_LIT("x")));
}

static enum err
note(void *arg, const struct delivery *d)
{
	*(struct delivery *)arg = *d;
	return E_OK;
}

static struct delivery
look(struct fixture *f, const char *id)
{
	struct delivery d;
	struct why why = { { 0 } };

	assert_ok_why(store_delivery_get(f->store, span_str(id), note, &d,
			  &why),
	    &why);
	return d;
}

static void
test_what_cannot_be_signed_is_given_up(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct delivery d;

	add(f, "d-1", NOW_S, true);
	assert_ok_why(store_mail_refuse(f->store, SPAN_LIT("d-1"),
			  SPAN_LIT("no key"), NOW_S + 5, &why),
	    &why);
	d = look(f, "d-1");
	assert_int_equal(DELIVERY_GIVEN_UP, d.state);
	assert_int_equal(NOW_S + 5, d.done_s);
	assert_false(d.to_sign);
	assert_int_equal(0, wanted(f, 4).n);
}

/* Its worker has not said yet that there is another attempt. */
static void
test_what_cannot_be_signed_again_is_nobodys(void **state)
{
	struct fixture *f = *state;
	struct why why = { { 0 } };
	struct uuid claimed;
	size_t n;

	add(f, "d-1", NOW_S, false);
	claimed = claim(f, &n);
	assert_int_equal(1, n);
	assert_ok_why(store_mail_again(f->store, SPAN_LIT("d-1"), &why), &why);
	assert_ok_why(store_mail_refuse(f->store, SPAN_LIT("d-1"),
			  SPAN_LIT("no key"), NOW_S, &why),
	    &why);
	assert_err(E_CONFLICT,
	    settle(f, &claimed, "d-1", DELIVERY_RETRYING, 0));
	(void)claim(f, &n);
	assert_int_equal(0, n);
}

static void
test_a_mail_goes_with_its_delivery(void **state)
{
	struct fixture *f = *state;
	struct uuid claimed, other = uuid_new(0);
	size_t n;

	add(f, "d-1", NOW_S, true);
	put(f, "d-1", SPAN_LIT("x"));
	claimed = claim(f, &n);
	assert_ok(settle(f, &claimed, "d-1", DELIVERY_RETRYING, 0));
	assert_ok(get(f, "d-1", SPAN_LIT("x")));
	claimed = claim(f, &n);
	assert_int_equal(1, n);
	assert_err(E_CONFLICT,
	    settle(f, &other, "d-1", DELIVERY_HANDED_OVER, NOW_S));
	assert_ok(get(f, "d-1", SPAN_LIT("x")));
	assert_ok(settle(f, &claimed, "d-1", DELIVERY_HANDED_OVER, NOW_S));
	assert_err(E_ABSENT, get(f, "d-1", SPAN_LIT("x")));

	assert_ok(store_delivery_retry(f->store, SPAN_LIT("d-1"), NOW_S, NULL));
	assert_int_equal(1, wanted(f, 4).n);
	put(f, "d-1", SPAN_LIT("x"));
	assert_ok(
	    store_delivery_cancel(f->store, SPAN_LIT("d-1"), NOW_S, NULL));
	assert_err(E_ABSENT, get(f, "d-1", SPAN_LIT("x")));
}

static void
test_a_mail_is_made_again(void **state)
{
	struct fixture *f = *state;
	struct uuid claimed;
	size_t n;

	add(f, "d-1", NOW_S, true);
	put(f, "d-1", SPAN_LIT("x"));
	claimed = claim(f, &n);
	assert_ok(store_mail_again(f->store, SPAN_LIT("d-1"), NULL));
	assert_ok(settle(f, &claimed, "d-1", DELIVERY_RETRYING, 0));
	assert_err(E_ABSENT, get(f, "d-1", SPAN_LIT("x")));
	(void)claim(f, &n);
	assert_int_equal(0, n);
	put(f, "d-1", SPAN_LIT("x"));
	(void)claim(f, &n);
	assert_int_equal(1, n);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nobody_claims_what_is_not_signed),
		TEST(test_a_mail_is_made_for_where_it_goes),
		TEST(test_a_mail_for_nobody_is_not_kept),
		TEST(test_what_cannot_be_signed_is_given_up),
		TEST(test_what_cannot_be_signed_again_is_nobodys),
		TEST(test_a_mail_goes_with_its_delivery),
		TEST(test_a_mail_is_made_again),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
