/* api/resource.h -- what a resource of the API is given, and how it answers.
 *
 * A resource is a function for each row of routes.def. The frame has looked at
 * the account, the path and the query before, and sends the answer after. */
#ifndef API_RESOURCE_H
#define API_RESOURCE_H

#include "api/query.h"
#include "base/arena.h"
#include "codec/json_write.h"
#include "store/store.h"
#include "store/store_account.h"

#define API_SEGMENTS_MAX 2 /* open segments of a path */
#define API_LEVELS 5

/* The frame, for the resources of accounts. */
struct api;
struct api_identity;

/* Who asks. */
struct api_account {
	struct span name; /* empty: nobody has logged in */
	enum account_role role;
	bool by_token;		  /* else by a session */
	bool is_bound;		  /* sees its domains only; else all */
	struct span_list domains; /* A-labels, lower case */
};

/* Whether the account may see what is told of the domain. */
bool api_sees(const struct api_account *, struct span domain);

struct api_request {
	struct api *api;
	/* Reading, and inside a transaction: it stays as it was at its begin.
	 * Where routes.def says WRITES: for writing, and outside of one. */
	struct store *store;
	const struct api_query *query; /* of the parameters that routes.def has
					* for the route; the others are default
					*/
	struct span segments[API_SEGMENTS_MAX]; /* "{domain}": decoded */
	const struct api_account *account;
	struct span body;		     /* JSON, untrusted */
	const struct api_identity *identity; /* for those of accounts */
	const char *address;		     /* of the client */
	const char *block;   /* the same, of IPv6 its /64: one subscriber */
	struct arena *arena; /* gone once it is answered */
	int64_t now_s;
};

struct api_answer;

/* What becomes of an error that is returned: E_ABSENT 404; E_SYNTAX, E_RANGE
 * and E_USAGE 400 with why; E_EXISTS and E_CONFLICT 409; E_AWAY, E_BUSY,
 * E_FULL, E_VERSION and E_UNCERTAIN 503; all others 500. */
typedef enum err api_resource_fn(const struct api_request *,
    struct api_answer *, struct why *why);

/* Refuse with a status of 400 to 599 and a sentence of ours for a person. The
 * resource returns what this returns. */
enum err api_refuse(struct api_answer *, unsigned status, const char *detail);

/* -- an object -- */

/* Begin the answer as one object, whose members are then put with
 * codec/json_write; the frame ends it. NULL is never returned. */
struct json_out *api_object(struct api_answer *);

/* "2026-11-22T08:00:00Z"; 0: null. */
void api_json_time(struct json_out *, const char *key, int64_t s);
/* "2026-11-22"; below 0: null. */
void api_json_date(struct json_out *, const char *key, int64_t day);

/* Sessions by what protected them, or what a failure did. */
struct api_levels {
	/* "authenticated", "testing", "encrypted", "cleartext-or-unknown",
	 * "not-sent" */
	uint64_t v[API_LEVELS];
};

/* NULL: null, which is "no data". */
void api_json_levels(struct json_out *, const char *key,
    const struct api_levels *);

/* -- a list -- */

/* {"rows":[...],"next":...}, or CSV with a head line if that was asked for:
 * both out of one table of columns. */
enum api_type {
	API_END, /* of the columns */
	API_TEXT,
	API_TIME, /* UTC seconds */
	API_DATE, /* day */
	API_COUNT,
	API_NUMBER, /* with a sign */
	API_FLAG,
	API_LEVEL_COUNTS, /* five columns of CSV: "levels.testing" */
	API_PAIR,	  /* {"succeeded":n,"failed":n}: two columns of CSV */
	API_TEXTS,	  /* an array; in CSV with "; " between */
	API_COUNTS,	  /* {"name":n,...}; in CSV "name=n name=n" */
};

struct api_column {
	const char *name; /* constant, as is the table; the last has API_END */
	enum api_type type;
};

struct api_list;

/* Begin the answer as a list. */
struct api_list *api_list(struct api_answer *, const struct api_column *);

/* Begin a row, then give the value of each column in the order of the table.
 *   domain  where routes.def says ROWS: whose row it is; a bound account is
 *           not shown those of others, nor of SPAN_NONE. Else not looked at
 *   cursor  what query->cursor is to be for the rows behind this one: the
 *           resource asks the store for query->limit + 1 of them. SPAN_NONE:
 *           the store knows no cursor; it is told all rows each time, and the
 *           frame counts, so query->cursor is none of the resource's business
 * False: the row is not shown, give no values. */
bool api_row(struct api_list *, struct span domain, struct span cursor);

void api_text(struct api_list *, struct span utf8); /* SPAN_NONE: null */
void api_time(struct api_list *, int64_t s);	    /* 0: null */
void api_date(struct api_list *, int64_t day);	    /* below 0: null */
void api_count(struct api_list *, uint64_t);
void api_number(struct api_list *, int64_t);
void api_flag(struct api_list *, bool);
void api_levels(struct api_list *, const struct api_levels *); /* NULL: null */
void api_pair(struct api_list *, uint64_t succeeded, uint64_t failed);
void api_texts(struct api_list *, struct span_list);
/* Any number of api_counts_add in between. */
void api_counts(struct api_list *);
void api_counts_add(struct api_list *, const char *name, uint64_t);
void api_counts_end(struct api_list *);
/* The column's value is not known, whatever its type. */
void api_null(struct api_list *);
/* null unless it is told. */
void api_count_if(struct api_list *, bool is_told, uint64_t);

/* Behind all rows, beside "next": api_object's members, such as "marks"; not
 * in CSV, where this returns NULL. */
struct json_out *api_list_beside(struct api_list *);
/* There are more rows than the resource reads for one answer: say so in it. */
void api_list_cut(struct api_list *);

/* -- something else -- */

/* Bytes to be kept in a file; they are copied. The name is of characters that
 * file names have. */
void api_bytes(struct api_answer *, const char *content_type, struct span bytes,
    const char *file_name);
/* 201 with what else is put; or 204 and nothing. */
void api_created(struct api_answer *);
void api_done(struct api_answer *);
/* With a refusal: when it may do better. */
void api_retry_after(struct api_answer *, int64_t s);
/* "Set-Cookie: …". */
void api_cookie(struct api_answer *, const char *cookie);

/* -- one function for each row of routes.def -- */

#define ROUTE(method, path, name, scope, reach, does, parameters, sentence) \
	api_resource_fn api_##name;
#include "api/routes.def"
#undef ROUTE

#endif
