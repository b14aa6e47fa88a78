#include "api/resource.h"

enum err
api_get_health(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct account_count count;
	enum err e = store_account_count(r->store, &count, why);

	if (e == E_OK)
		json_out_text(api_object(a), "status", SPAN_LIT("ok"));
	return e;
}
