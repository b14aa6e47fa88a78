/* store/store_account.h -- users of the page and the API, their sessions and
 * tokens, and what was done about those. Errors and lists as in store.h.
 * Whatever writes may stand inside a transaction. */
#ifndef STORE_STORE_ACCOUNT_H
#define STORE_STORE_ACCOUNT_H

#include <stdbool.h>

#include "store/store.h"

enum account_role {
	ACCOUNT_VIEWER,	 /* looks */
	ACCOUNT_ANALYST, /* looks, and works on what is found */
	ACCOUNT_ADMIN,	 /* users as well */
};

#define NACCOUNT_ROLES 3

/* "viewer", "analyst", "admin". E_ABSENT: no such role. */
const char *account_role_text(enum account_role);
MUST_CHECK enum err account_role_from_text(struct span, enum account_role *ret);

#define ACCOUNT_NAME_MAX 64 /* bytes */

/* Of a-z, A-Z, 0-9 and "._-@+". */
#define ACCOUNT_NAME_RULE "a name has 1 to 64 of a-z, A-Z, 0-9 and . _ - @ +"
bool account_name_is_valid(struct span);

struct account {
	struct span name;
	enum account_role role;
	bool is_bound;		   /* to its domains: it sees no other */
	struct span password;	   /* as crypt(5) has it */
	int64_t created_s, seen_s; /* seen: last login; 0: never */
};

/* Of the account all but seen_s. E_EXISTS. */
MUST_CHECK enum err store_account_add(struct store *, const struct account *,
    struct why *why);
/* The same if there is none yet. E_CONFLICT: there is one. */
MUST_CHECK enum err store_account_add_first(struct store *,
    const struct account *, struct why *why);
/* In place of those that it had. */
enum err store_account_bind(struct store *, struct span name,
    const struct span *domains, size_t n, struct why *why);

typedef enum err account_fn(void *arg, const struct account *);
/* E_ABSENT; why stays empty. */
MUST_CHECK enum err store_account_get(struct store *, struct span name,
    account_fn *, void *arg, struct why *why);
MUST_CHECK enum err store_account_list(struct store *, account_fn *, void *arg,
    struct why *why);

typedef enum err account_domain_fn(void *arg, struct span domain);
MUST_CHECK enum err store_account_domains(struct store *, struct span name,
    account_domain_fn *, void *arg, struct why *why);

struct account_count {
	uint64_t users, admins;
};
MUST_CHECK enum err store_account_count(struct store *,
    struct account_count *ret, struct why *why);

/* E_ABSENT. With a user go his domains, sessions and tokens, with his password
 * his sessions. */
MUST_CHECK enum err store_account_remove(struct store *, struct span name,
    struct why *why);
MUST_CHECK enum err store_account_set_role(struct store *, struct span name,
    enum account_role, bool is_bound, struct why *why);
MUST_CHECK enum err store_account_set_password(struct store *, struct span name,
    struct span password, struct why *why);
enum err store_account_seen(struct store *, struct span name, int64_t now_s,
    struct why *why);

/* -- sessions: key is the SHA-256 of the secret that the client shows -- */

struct session_row {
	struct span name, csrf;
	int64_t created_s, seen_s;
};

enum err store_session_add(struct store *, struct span key,
    const struct session_row *, struct why *why);
typedef enum err session_fn(void *arg, const struct session_row *);
/* E_ABSENT; why stays empty. */
MUST_CHECK enum err store_session_get(struct store *, struct span key,
    session_fn *, void *arg, struct why *why);
enum err store_session_seen(struct store *, struct span key, int64_t now_s,
    struct why *why);
enum err store_session_remove(struct store *, struct span key, struct why *why);
/* Those not seen since idle_s, and those made before made_s. */
enum err store_session_expire(struct store *, int64_t idle_s, int64_t made_s,
    struct why *why);

/* -- tokens -- */

struct token_row {
	struct span id; /* UUID */
	struct span name, label;
	bool is_admin;			      /* scope: else it only reads */
	int64_t created_s, expires_s, seen_s; /* seen_s 0: never */
};

enum err store_token_add(struct store *, struct span key,
    const struct token_row *, struct why *why);
typedef enum err token_fn(void *arg, const struct token_row *);
/* E_ABSENT; why stays empty. */
MUST_CHECK enum err store_token_get(struct store *, struct span key, token_fn *,
    void *arg, struct why *why);
/* name: of the user; empty: of all. */
MUST_CHECK enum err store_token_list(struct store *, struct span name,
    token_fn *, void *arg, struct why *why);
/* The same. E_ABSENT. */
MUST_CHECK enum err store_token_remove(struct store *, struct span id,
    struct span name, struct why *why);
enum err store_token_seen(struct store *, struct span id, int64_t now_s,
    struct why *why);

/* -- what was done -- */

struct audit_row {
	struct span id; /* UUIDv7 */
	int64_t at_s;
	struct span name;    /* who did it, or tried */
	struct span address; /* "192.0.2.1"; empty: by the command line */
	struct span event;   /* "login", "user-add" */
	struct span detail;
};

enum err store_audit_add(struct store *, const struct audit_row *,
    struct why *why);
typedef enum err audit_fn(void *arg, const struct audit_row *);
/* The newest first, behind the id; empty: from the start. */
MUST_CHECK enum err store_audit_list(struct store *, struct span before,
    size_t max, audit_fn *, void *arg, struct why *why);
/* What was done before that. */
enum err store_audit_forget(struct store *, int64_t before_s, struct why *why);

#endif
