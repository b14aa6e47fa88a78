/* api/answer.h -- the answer of a resource as the frame holds it. */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include "api/resource.h"
#include "codec/csv_write.h"
#include "codec/sha256.h"

#define API_ANSWER_MAX ((size_t)32 * 1024 * 1024) /* bytes */
#define API_COOKIE_MAX 512
#define API_NEXT_MAX 512
#define API_ETAG_SIZE (SHA256_BYTES + 3)

/* The list that an answer is; or none has been begun. */
struct api_list {
	struct json_out *out; /* NULL: it is CSV */
	struct csv_out csv;
	const struct api_account *account;
	bool
	    shows_all; /* rows: of the domain that the path names, or of none */
	const struct api_column *columns, *at; /* the next value's */
	bool in_row, has_more, by_count;
	size_t limit, shown;
	uint64_t passed, skip; /* rows, where the frame counts */
	struct buf last;       /* cursor of the row shown last */
	struct buf words;      /* of the value that is put together */
	bool rows_ended, is_cut;
};

struct api_answer {
	unsigned status; /* 0: not said: 200, or what the error is */
	const char *detail;
	struct buf body;
	struct buf gzip; /* the same compressed; of what was kept it may be
			  * there alone; empty: not made */
	const char *content_type;
	char file_name[128];	  /* empty: none */
	char etag[API_ETAG_SIZE]; /* empty: not made */
	char next[API_NEXT_MAX];  /* of CSV, the cursor behind its rows; empty:
				   * there are no more */
	char cookie[API_COOKIE_MAX];
	int64_t retry_after_s; /* 0: not said */
	struct json_out *out;
	bool has_object, is_list;
	struct api_list list;
	const struct api_request *request;
	bool shows_all;
};

/* False: out of memory; to be freed all the same. */
bool api_answer_init(struct api_answer *, const struct api_request *,
    bool shows_all);
/* A resource has put a page of a list. True: there are rows behind it, and the
 * answer has room for them: it is to go on, called with that cursor. */
bool api_answer_turn_page(struct api_answer *, struct buf *cursor);
/* api/list.c: what stands behind its last row. */
void api_list_end(struct api_answer *);
const char *api_level_name(size_t i); /* "authenticated" */

/* Have status and body complete, whatever e the resource returned. */
void api_answer_finish(struct api_answer *, enum err e, const struct why *);
void api_answer_free(struct api_answer *);

#endif
