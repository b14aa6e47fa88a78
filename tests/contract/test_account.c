/* The store contract: users, their sessions and tokens, and what was done. */
#include "store_fixture.h"

#include "codec/sha256.h"
#include "store/store_account.h"

#define T(text) SPAN_LIT(text)
#define TEXT_SIZE 1024

static void
add_account(struct fixture *f, const char *name, enum account_role role,
    bool is_bound)
{
	struct why why = { { 0 } };

	assert_ok_why(store_account_add(f->store,
			  &(const struct account){ .name = span_str(name),
			      .role = role,
			      .is_bound = is_bound,
			      .password = T("$y$j9T$salt$hash"),
			      .created_s = NOW_S },
			  &why),
	    &why);
}

/* "what " at the text's end. */
static void
add_word(char *text, const char *what)
{
	size_t len = strlen(text);

	(void)snprintf(text + len, TEXT_SIZE - len, "%s ", what);
}

static enum err
note_account(void *arg, const struct account *a)
{
	char word[256];

	(void)snprintf(word, sizeof(word), "%.*s:%s%s@%d-%d", SPAN_ARG(a->name),
	    account_role_text(a->role), a->is_bound ? "!" : "",
	    (int)(a->created_s - NOW_S),
	    a->seen_s == 0 ? -1 : (int)(a->seen_s - NOW_S));
	add_word(arg, word);
	return E_OK;
}

static void
assert_accounts(struct fixture *f, const char *want)
{
	char text[TEXT_SIZE] = "";

	assert_ok(store_account_list(f->store, note_account, text, NULL));
	assert_string_equal(want, text);
}

static enum err
note_domain(void *arg, struct span domain)
{
	char word[256];

	(void)snprintf(word, sizeof(word), "%.*s", SPAN_ARG(domain));
	add_word(arg, word);
	return E_OK;
}

static void
assert_domains(struct fixture *f, const char *name, const char *want)
{
	char text[TEXT_SIZE] = "";

	assert_ok(store_account_domains(f->store, span_str(name), note_domain,
	    text, NULL));
	assert_string_equal(want, text);
}

/* -- users -- */

static void
test_users_are_added_and_changed(void **state)
{
	const struct account again = { .name = T("anna"),
		.password = T("x"),
		.created_s = 1 };
	struct fixture *f = *state;
	struct account_count count;

	add_account(f, "bert", ACCOUNT_VIEWER, true);
	add_account(f, "anna", ACCOUNT_ADMIN, false);
	assert_int_equal(E_EXISTS, store_account_add(f->store, &again, NULL));
	assert_accounts(f, "anna:admin@0--1 bert:viewer!@0--1 ");
	assert_ok(store_account_set_role(f->store, T("bert"), ACCOUNT_ANALYST,
	    false, NULL));
	assert_ok(store_account_seen(f->store, T("bert"), NOW_S + 7, NULL));
	assert_accounts(f, "anna:admin@0--1 bert:analyst@0-7 ");
	assert_ok(store_account_count(f->store, &count, NULL));
	assert_int_equal(2, count.users);
	assert_int_equal(1, count.admins);
}

static void
test_who_is_not_there(void **state)
{
	struct why why = { { 0 } };
	struct fixture *f = *state;
	struct store *s = f->store;

	assert_int_equal(E_ABSENT,
	    store_account_get(s, T("none"), note_account, NULL, &why));
	assert_string_equal("", why.text);
	assert_int_equal(E_ABSENT, store_account_remove(s, T("none"), NULL));
	assert_int_equal(E_ABSENT,
	    store_account_set_role(s, T("none"), ACCOUNT_ADMIN, false, NULL));
	assert_int_equal(E_ABSENT,
	    store_account_set_password(s, T("none"), T("x"), NULL));
	assert_int_equal(E_ABSENT,
	    store_token_remove(s, T("none"), T(""), NULL));
}

static void
test_the_first_user_is_the_only_one(void **state)
{
	const struct account first = { .name = T("root"),
		.role = ACCOUNT_ADMIN,
		.password = T("x"),
		.created_s = NOW_S };
	struct account second = first;
	struct fixture *f = *state;

	second.name = T("eve");
	assert_ok(store_account_add_first(f->store, &first, NULL));
	assert_int_equal(E_CONFLICT,
	    store_account_add_first(f->store, &second, NULL));
	assert_accounts(f, "root:admin@0--1 ");
}

static void
test_domains_of_a_user(void **state)
{
	const struct span two[] = { T("b.example"), T("a.example") },
			  one[] = { T("c.example") };
	struct fixture *f = *state;

	add_account(f, "anna", ACCOUNT_VIEWER, true);
	add_account(f, "bert", ACCOUNT_VIEWER, true);
	assert_ok(store_account_bind(f->store, T("anna"), two, 2, NULL));
	assert_ok(store_account_bind(f->store, T("bert"), one, 1, NULL));
	assert_domains(f, "anna", "a.example b.example ");
	assert_ok(store_account_bind(f->store, T("anna"), one, 1, NULL));
	assert_domains(f, "anna", "c.example ");
	assert_ok(store_account_bind(f->store, T("anna"), NULL, 0, NULL));
	assert_domains(f, "anna", "");
	assert_domains(f, "bert", "c.example ");
}

/* -- sessions and tokens -- */

/* Keys are hashes: any bytes. */
static struct span
hash(unsigned n)
{
	static unsigned char bytes[4][SHA256_BYTES];

	memset(bytes[n], 0xff, SHA256_BYTES);
	bytes[n][0] = 0;
	bytes[n][1] = (unsigned char)n;
	return (struct span){ (const char *)bytes[n], SHA256_BYTES };
}

static enum err
note_session(void *arg, const struct session_row *s)
{
	char word[256];

	(void)snprintf(word, sizeof(word), "%.*s/%.*s@%d-%d", SPAN_ARG(s->name),
	    SPAN_ARG(s->csrf), (int)(s->created_s - NOW_S),
	    (int)(s->seen_s - NOW_S));
	add_word(arg, word);
	return E_OK;
}

/* want: NULL: it is not there. */
static void
assert_session(struct fixture *f, unsigned n, const char *want)
{
	char text[TEXT_SIZE] = "";

	assert_int_equal(want == NULL ? E_ABSENT : E_OK,
	    store_session_get(f->store, hash(n), note_session, text, NULL));
	assert_string_equal(want == NULL ? "" : want, text);
}

static void
add_session(struct fixture *f, unsigned n, const char *name, int64_t at_s)
{
	assert_ok(store_session_add(f->store, hash(n),
	    &(const struct session_row){ .name = span_str(name),
		.csrf = T("csrf"),
		.created_s = NOW_S + at_s,
		.seen_s = NOW_S + at_s },
	    NULL));
}

static void
test_sessions_end(void **state)
{
	struct fixture *f = *state;

	add_account(f, "anna", ACCOUNT_VIEWER, false);
	for (unsigned n = 0; n < 4; n++)
		add_session(f, n, "anna", 10 * (int64_t)n);
	assert_session(f, 1, "anna/csrf@10-10 ");
	assert_ok(store_session_seen(f->store, hash(1), NOW_S + 50, NULL));
	assert_session(f, 1, "anna/csrf@10-50 ");
	/* 0 was made before 5, 2 was not seen since 25. */
	assert_ok(store_session_expire(f->store, NOW_S + 25, NOW_S + 5, NULL));
	assert_session(f, 0, NULL);
	assert_session(f, 1, "anna/csrf@10-50 ");
	assert_session(f, 2, NULL);
	assert_session(f, 3, "anna/csrf@30-30 ");
	assert_ok(store_session_remove(f->store, hash(3), NULL));
	assert_session(f, 3, NULL);
}

static void
test_a_password_ends_sessions_of_its_user(void **state)
{
	struct fixture *f = *state;

	add_account(f, "anna", ACCOUNT_VIEWER, false);
	add_account(f, "bert", ACCOUNT_VIEWER, false);
	add_session(f, 0, "anna", 0);
	add_session(f, 1, "bert", 0);
	assert_ok(
	    store_account_set_password(f->store, T("anna"), T("new"), NULL));
	assert_session(f, 0, NULL);
	assert_session(f, 1, "bert/csrf@0-0 ");
}

static enum err
note_token(void *arg, const struct token_row *t)
{
	char word[256];

	(void)snprintf(word, sizeof(word), "%.*s:%.*s/%.*s%s-%d/%d",
	    SPAN_ARG(t->id), SPAN_ARG(t->name), SPAN_ARG(t->label),
	    t->is_admin ? "!" : "", (int)(t->expires_s - NOW_S),
	    t->seen_s == 0 ? -1 : (int)(t->seen_s - NOW_S));
	add_word(arg, word);
	return E_OK;
}

static void
add_token(struct fixture *f, unsigned n, const char *id, const char *name,
    bool is_admin)
{
	assert_ok(store_token_add(f->store, hash(n),
	    &(const struct token_row){ .id = span_str(id),
		.name = span_str(name),
		.label = T("for a test"),
		.is_admin = is_admin,
		.created_s = NOW_S,
		.expires_s = NOW_S + 99 },
	    NULL));
}

static void
assert_tokens(struct fixture *f, const char *name, const char *want)
{
	char text[TEXT_SIZE] = "";

	assert_ok(
	    store_token_list(f->store, span_str(name), note_token, text, NULL));
	assert_string_equal(want, text);
}

static void
test_tokens(void **state)
{
	char text[TEXT_SIZE] = "";
	struct fixture *f = *state;

	add_account(f, "anna", ACCOUNT_ADMIN, false);
	add_account(f, "bert", ACCOUNT_VIEWER, false);
	add_token(f, 0, "id0", "anna", true);
	add_token(f, 1, "id1", "bert", false);
	assert_tokens(f, "bert", "id1:bert/for a test-99/-1 ");
	assert_ok(store_token_seen(f->store, T("id0"), NOW_S + 3, NULL));
	assert_tokens(f, "",
	    "id0:anna/for a test!-99/3 id1:bert/for a test-99/-1 ");
	assert_ok(store_token_get(f->store, hash(1), note_token, text, NULL));
	assert_string_equal("id1:bert/for a test-99/-1 ", text);
	assert_int_equal(E_ABSENT,
	    store_token_get(f->store, hash(2), note_token, text, NULL));
	/* Another's is not his to remove. */
	assert_int_equal(E_ABSENT,
	    store_token_remove(f->store, T("id0"), T("bert"), NULL));
	assert_ok(store_token_remove(f->store, T("id1"), T("bert"), NULL));
	assert_ok(store_token_remove(f->store, T("id0"), T(""), NULL));
	assert_tokens(f, "", "");
}

static void
test_with_a_user_goes_what_is_his(void **state)
{
	const struct span domain = T("a.example");
	struct fixture *f = *state;

	add_account(f, "anna", ACCOUNT_VIEWER, true);
	add_account(f, "bert", ACCOUNT_VIEWER, false);
	assert_ok(store_account_bind(f->store, T("anna"), &domain, 1, NULL));
	add_session(f, 0, "anna", 0);
	add_session(f, 1, "bert", 0);
	add_token(f, 0, "id0", "anna", false);
	add_token(f, 1, "id1", "bert", false);
	assert_ok(store_account_remove(f->store, T("anna"), NULL));
	assert_accounts(f, "bert:viewer@0--1 ");
	assert_domains(f, "anna", "");
	assert_session(f, 0, NULL);
	assert_session(f, 1, "bert/csrf@0-0 ");
	assert_tokens(f, "", "id1:bert/for a test-99/-1 ");
}

/* -- what was done -- */

static enum err
note_audit(void *arg, const struct audit_row *a)
{
	char word[256];

	(void)snprintf(word, sizeof(word), "%.*s@%d:%.*s", SPAN_ARG(a->event),
	    (int)(a->at_s - NOW_S), SPAN_ARG(a->address));
	add_word(arg, word);
	return E_OK;
}

static void
assert_audit(struct fixture *f, struct span before, size_t max,
    const char *want)
{
	char text[TEXT_SIZE] = "";

	assert_ok(
	    store_audit_list(f->store, before, max, note_audit, text, NULL));
	assert_string_equal(want, text);
}

static void
test_what_was_done_is_listed_and_forgotten(void **state)
{
	char ids[4][UUID_TEXT_SIZE], event[] = "e0";
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++) {
		struct uuid id = uuid_new((NOW_S + i) * INT64_C(1000000000));

		uuid_text(&id, ids[i]);
		event[1] = (char)('0' + i);
		assert_ok(store_audit_add(f->store,
		    &(const struct audit_row){ .id = span_str(ids[i]),
			.at_s = NOW_S + i,
			.name = T("anna"),
			.address = T("192.0.2.1"),
			.event = span_str(event),
			.detail = T("") },
		    NULL));
	}
	assert_audit(f, T(""), 2, "e3@3:192.0.2.1 e2@2:192.0.2.1 ");
	assert_audit(f, span_str(ids[2]), 9, "e1@1:192.0.2.1 e0@0:192.0.2.1 ");
	assert_ok(store_audit_forget(f->store, NOW_S, NULL));
	assert_audit(f, span_str(ids[1]), 9, "e0@0:192.0.2.1 ");
	assert_ok(store_audit_forget(f->store, NOW_S + 2, NULL));
	assert_audit(f, T(""), 9, "e3@3:192.0.2.1 e2@2:192.0.2.1 ");
	assert_ok(store_audit_forget(f->store, NOW_S + 100, NULL));
	assert_audit(f, T(""), 9, "");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_users_are_added_and_changed),
		TEST(test_who_is_not_there),
		TEST(test_the_first_user_is_the_only_one),
		TEST(test_domains_of_a_user),
		TEST(test_sessions_end),
		TEST(test_a_password_ends_sessions_of_its_user),
		TEST(test_tokens),
		TEST(test_with_a_user_goes_what_is_his),
		TEST(test_what_was_done_is_listed_and_forgotten),
	};

	store_kind(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
