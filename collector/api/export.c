#include "api/export.h"

#include "api/job.h"

/* What the resource reads for a page is gone with the page. */
static enum err
put_page(api_resource_fn *resource, struct api_request *page,
    struct api_answer *a, struct why *why)
{
	struct arena arena = ARENA_INIT(API_JOB_BYTES);
	enum err e;

	page->arena = &arena;
	e = resource(page, a, why);
	arena_free(&arena);
	return e;
}

enum err
api_export(api_resource_fn *resource, const struct api_request *request,
    struct api_answer *a, struct why *why)
{
	struct buf cursor = BUF_INIT(API_CURSOR_MAX);
	struct api_query query = *request->query;
	struct api_request page = *request;
	enum err e;

	page.query = &query;
	a->request = &page;
	for (;;) {
		e = put_page(resource, &page, a, why);
		if (e != E_OK || !api_answer_turn_page(a, &cursor))
			break;
		query.cursor = buf_span(&cursor);
	}
	a->request = request;
	buf_free(&cursor);
	return e;
}
