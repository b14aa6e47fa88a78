/* api/resource_reporters.c -- who reports, and who has ceased to. */
#include "api/view.h"
#include "base/num.h"
#include "model/reporter_rhythm.h"

/* gap_days: what is usual; 0: not known. */
typedef enum err rhythm_fn(void *arg, const struct view_reporter *,
    int64_t gap_days, bool is_silent);

struct rhythms {
	rhythm_fn *fn;
	void *arg;
	struct span wanted; /* empty: any */
	int64_t today;
	bool is_silent; /* only those, or only the others */
};

static enum err
hand_over_rhythm(void *arg, const struct view_reporter *v)
{
	const struct rhythms *r = arg;

	if (rhythm_is_silent(v->first, v->last, v->days, r->today) !=
		r->is_silent ||
	    (r->wanted.len > 0 && !span_eq(r->wanted, v->reporter)))
		return E_OK;
	return r->fn(r->arg, v, rhythm_gap(v->first, v->last, v->days),
	    r->is_silent);
}

/* Those that have fallen silent first. Their rhythm is that up to today,
 * whatever the range. */
static enum err
each_rhythm(const struct api_request *request, struct view_filter f,
    rhythm_fn *fn, void *arg, struct why *why)
{
	struct rhythms r = { fn, arg, f.reporter, request->now_s / 86400,
		true };
	enum err e;

	f.last = r.today;
	e = store_view_reporters(request->store, &f, r.today - RHYTHM_DAYS,
	    hand_over_rhythm, &r, why);
	r.is_silent = false;
	return e == E_OK ? store_view_reporters(request->store, &f,
			       r.today - RHYTHM_DAYS, hand_over_rhythm, &r, why)
			 : e;
}

/* -- the list -- */

static const struct api_column columns[] = {
	{ "reporter", API_TEXT },
	{ "last-report", API_TIME },
	{ "reports", API_COUNT },
	{ "sessions", API_COUNT },
	{ "usual-gap-days", API_NUMBER },
	{ "silent", API_FLAG },
	{ NULL, API_END },
};

static enum err
put_reporter(void *arg, const struct view_reporter *v, int64_t gap_days,
    bool is_silent)
{
	struct api_list *list = arg;

	if (!api_row(list, SPAN_NONE, SPAN_NONE))
		return E_OK;
	api_text(list, v->reporter);
	api_time(list, v->received_s);
	api_count(list, v->reports);
	api_count(list, count_add(0, v->sessions));
	if (gap_days == 0)
		api_null(list);
	else
		api_number(list, gap_days);
	api_flag(list, is_silent);
	return E_OK;
}

enum err
api_get_reporters(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct view_filter f;
	enum err e = view_filter_of(r, &f);

	return e == E_OK
	    ? each_rhythm(r, f, put_reporter, api_list(a, columns), why)
	    : e;
}

/* -- beside the domains -- */

#define REPORTERS_MAX 500

struct beside {
	struct json_out *out;
	size_t n;
};

static enum err
put_beside(void *arg, const struct view_reporter *v, int64_t gap_days,
    bool is_silent)
{
	struct beside *r = arg;

	if (r->n >= REPORTERS_MAX)
		return E_OK;
	r->n++;
	json_out_object(r->out, NULL);
	json_out_text(r->out, "reporter", v->reporter);
	api_json_time(r->out, "last-report", v->received_s);
	json_out_count(r->out, "reports", v->reports);
	json_out_count(r->out, "sessions", count_add(0, v->sessions));
	if (gap_days == 0)
		json_out_null(r->out, "usual-gap-days");
	else
		json_out_int(r->out, "usual-gap-days", gap_days);
	json_out_bool(r->out, "silent", is_silent);
	json_out_end(r->out);
	return E_OK;
}

enum err
view_put_reporters(const struct api_request *r, const struct view_filter *f,
    struct json_out *out, struct why *why)
{
	struct beside beside = { .out = out };
	enum err e;

	json_out_array(out, "reporters");
	e = each_rhythm(r, *f, put_beside, &beside, why);
	json_out_end(out);
	return e;
}
