#include "codec/report_read_private.h"

#include "base/num.h"

static const struct name entry_names[] = {
	NAME("policy", POLICY),
	NAME("summary", SUMMARY),
	NAME("failure-details", DETAILS),
	NAMES_END,
};

static const struct name policy_names[] = {
	NAME("policy-type", POLICY_TYPE),
	NAME("policy-string", POLICY_STRING),
	NAME("policy-domain", POLICY_DOMAIN),
	NAME("mx-host", MX_HOST),
	MISSPELT("mx-host-pattern", MX_HOST),
	NAMES_END,
};

static const struct name summary_names[] = {
	NAME("total-successful-session-count", SUCCEEDED),
	NAME("total-failure-session-count", FAILED),
	NAMES_END,
};

static const struct name detail_names[] = {
	NAME("result-type", RESULT_TYPE),
	NAME("sending-mta-ip", SENDING_IP),
	NAME("receiving-mx-hostname", MX_HOSTNAME),
	NAME("receiving-mx-helo", HELO),
	NAME("receiving-ip", RECEIVING_IP),
	NAME("failed-session-count", SESSIONS),
	NAME("additional-information", INFO),
	NAME("failure-reason-code", REASON),
	MISSPELT("receiving-mx-host-name", MX_HOSTNAME),
	MISSPELT("additional-info-uri", INFO),
	MISSPELT("failure-error-code", REASON),
	NAMES_END,
};

/* -- lists of texts -- */

struct list {
	struct span_list *texts;
	size_t cap;
	size_t room; /* bytes */
	bool full;   /* what follows would leave a gap */
};

static void
list_add(struct incoming_reader *r, struct list *list, struct span text)
{
	struct span *v;

	list->full |= text.len > list->room ||
	    r->nstrings == INCOMING_STRINGS_MAX;
	if (list->full) {
		incoming_note(r, REPORT_NOTE_STRINGS_CEILING);
		return;
	}
	v = incoming_grow(r, list->texts->v, list->texts->n, &list->cap,
	    sizeof(*v));
	if (v == NULL)
		return;
	list->texts->v = v;
	v[list->texts->n++] = text;
	list->room -= text.len;
	r->nstrings++;
}

/* One text: s4 speaks of semicolons, others have lines. */
static void
split_policy(struct incoming_reader *r, struct list *list, struct span text)
{
	struct span line, part;

	while (text.len > 0) {
		line = span_until(&text, '\n');
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		while (line.len > 0) {
			part = span_trim(span_until(&line, ';'));
			if (part.len > 0)
				list_add(r, list, part);
		}
	}
}

/* quirk Microsoft: TLSA records as a JSON array inside of one text. False: it
 * is none, and nothing was added. */
static bool
read_inner_list(struct incoming_reader *r, struct list *list, struct span text)
{
	struct json_reader inner;
	struct span item;

	json_read_begin(&inner, text, r->arena, 1, true);
	json_read_skip(&inner);
	if (json_read_end(&inner, NULL) != E_OK)
		return false;
	json_read_begin(&inner, text, r->arena, 1, true);
	json_read_array(&inner);
	while (json_read_element(&inner)) {
		if (json_read_peek(&inner) != JSON_KIND_STRING) {
			incoming_note(r, REPORT_NOTE_WRONG_TYPE);
			json_read_skip(&inner);
			continue;
		}
		item = SPAN_NONE;
		json_read_string(&inner, &item);
		list_add(r, list, item);
	}
	r->json.repaired |= inner.repaired;
	return true;
}

static void
add_policy_string(struct incoming_reader *r, struct list *list,
    struct span text)
{
	if (text.len > 0 && text.p[0] == '[' && read_inner_list(r, list, text))
		incoming_note(r, REPORT_NOTE_STRINGS_JSON);
	else
		list_add(r, list, text);
}

static void
read_policy_string(struct incoming_reader *r, struct span_list *ret)
{
	struct list list = { ret, 0, POLICY_TEXT_MAX, false };
	struct span text;

	switch (json_read_peek(&r->json)) {
	case JSON_KIND_STRING:
		text = SPAN_NONE;
		json_read_string(&r->json, &text);
		incoming_note(r, REPORT_NOTE_STRINGS_ONE_TEXT);
		if (text.len > 0 && text.p[0] == '[')
			add_policy_string(r, &list, text);
		else
			split_policy(r, &list, text);
		break;
	case JSON_KIND_ARRAY:
		json_read_array(&r->json);
		while (json_read_element(&r->json)) {
			text = incoming_whole_text(r);
			if (text.p != NULL)
				add_policy_string(r, &list, text);
		}
		break;
	default:
		incoming_pass_over(r);
	}
}

/* quirk Stalwart: "mx: mx.example.com", as in the policy. */
static void
add_mx_host(struct incoming_reader *r, struct list *list, struct span text)
{
	struct span name = SPAN_NONE;

	if (span_take(&text, SPAN_LIT("mx:"))) {
		text = span_trim(text);
		incoming_note(r, REPORT_NOTE_MX_HOST_PREFIX);
	}
	if (!list->full)
		incoming_make_name(r, text, &name);
	if (r->json.err == E_OK)
		list_add(r, list, name);
}

/* The RFC's own example has one text (erratum 6241). */
static void
read_mx_host(struct incoming_reader *r, struct span_list *ret)
{
	struct list list = { ret, 0, POLICY_TEXT_MAX, false };
	struct span text;

	switch (json_read_peek(&r->json)) {
	case JSON_KIND_STRING:
		text = SPAN_NONE;
		json_read_string(&r->json, &text);
		incoming_note(r, REPORT_NOTE_MX_HOST_ONE_TEXT);
		if (text.len > 0)
			add_mx_host(r, &list, text);
		break;
	case JSON_KIND_ARRAY:
		json_read_array(&r->json);
		while (json_read_element(&r->json)) {
			text = incoming_whole_text(r);
			if (text.p != NULL)
				add_mx_host(r, &list, text);
		}
		break;
	default:
		incoming_pass_over(r);
	}
}

/* -- failure details -- */

static bool
result_type_nearly(struct span text, enum result_type *ret)
{
	for (size_t i = 0; result_type_at(i, ret); i++)
		if (span_eq_nocase(span_str(result_type_text(*ret)), text))
			return true;
	return false;
}

static void
read_result_type(struct incoming_reader *r, struct incoming_detail *d)
{
	struct span text = incoming_text(r);
	enum result_type type;

	if (result_type_from_text(text, &type) == E_OK) {
		d->detail.type = type;
		d->unknown_type = SPAN_NONE;
	} else if (result_type_nearly(text, &type)) {
		d->detail.type = type;
		d->unknown_type = SPAN_NONE;
		incoming_note(r, REPORT_NOTE_TYPE_SPELLING);
	} else if (text.len > 0) {
		d->unknown_type = text;
		incoming_note(r, REPORT_NOTE_RESULT_TYPE_UNKNOWN);
	}
}

static void
read_detail_member(struct incoming_reader *r, enum key key,
    struct incoming_detail *d)
{
	switch (key) {
	case KEY_RESULT_TYPE:
		read_result_type(r, d);
		break;
	case KEY_SENDING_IP:
		incoming_address(r, &d->detail.sending_ip);
		break;
	case KEY_MX_HOSTNAME:
		incoming_name(r, &d->detail.mx_hostname);
		break;
	case KEY_HELO:
		d->detail.helo = incoming_text(r);
		break;
	case KEY_RECEIVING_IP:
		incoming_address(r, &d->detail.receiving_ip);
		break;
	case KEY_SESSIONS:
		incoming_count(r, &d->sessions);
		break;
	case KEY_INFO:
		incoming_info(r, &d->detail.info);
		break;
	default:
		d->detail.reason = incoming_text(r);
	}
}

/* One by one: for a struct of zeros compilers take an instruction that is slow
 * to start. */
static void
clear_detail(struct incoming_detail *d)
{
	/* s4.3.3: what fits no other type. */
	d->detail.type = RESULT_VALIDATION_FAILURE;
	d->detail.sending_ip = SPAN_NONE;
	d->detail.mx_hostname = SPAN_NONE;
	d->detail.helo = SPAN_NONE;
	d->detail.receiving_ip = SPAN_NONE;
	d->detail.info = SPAN_NONE;
	d->detail.reason = SPAN_NONE;
	d->unknown_type = SPAN_LIT(""); /* until there is a type */
	d->sessions = (struct incoming_count){ 0, INCOMING_ABSENT };
}

/* False: it has no result type, so there is nothing that it tells. */
static bool
read_detail(struct incoming_reader *r, struct incoming_detail *d)
{
	unsigned seen = 0, place = 0;
	enum key key;

	clear_detail(d);
	if (json_read_peek(&r->json) != JSON_KIND_OBJECT) {
		incoming_pass_over(r);
		return false;
	}
	json_read_object(&r->json);
	while (incoming_member_alike(r, detail_names, &place, &seen, &key))
		read_detail_member(r, key, d);
	if (d->unknown_type.p != NULL && d->unknown_type.len == 0)
		return false;
	if (d->sessions.given != INCOMING_GIVEN)
		incoming_note(r, REPORT_NOTE_NO_SESSIONS);
	return true;
}

static void
read_one_detail(struct incoming_reader *r, struct incoming_policy *p,
    size_t *cap)
{
	struct incoming_detail *v;

	if (r->listed_details == INCOMING_DETAILS_MAX) {
		incoming_note(r, REPORT_NOTE_DETAILS_CEILING);
		r->report->dropped_details++;
		json_read_skip(&r->json);
		return;
	}
	r->listed_details++;
	v = incoming_grow(r, p->details, p->ndetails, cap, sizeof(*v));
	if (v == NULL)
		return;
	p->details = v;
	if (read_detail(r, &v[p->ndetails])) {
		p->ndetails++;
	} else {
		incoming_note(r, REPORT_NOTE_DETAIL_DROPPED);
		r->report->dropped_details++;
	}
}

static void
read_details(struct incoming_reader *r, struct incoming_policy *p)
{
	size_t cap = 0;

	switch (json_read_peek(&r->json)) {
	case JSON_KIND_ARRAY:
		json_read_array(&r->json);
		while (json_read_element(&r->json))
			read_one_detail(r, p, &cap);
		break;
	case JSON_KIND_OBJECT:
		incoming_note(r, REPORT_NOTE_NOT_A_LIST);
		read_one_detail(r, p, &cap);
		break;
	default:
		incoming_pass_over(r);
	}
}

/* -- policies -- */

static bool
policy_type_nearly(struct span text, enum policy_type *ret)
{
	static const enum policy_type types[] = { POLICY_TLSA, POLICY_STS,
		POLICY_NO_POLICY_FOUND };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		*ret = types[i];
		if (span_eq_nocase(span_str(policy_type_text(*ret)), text))
			return true;
	}
	return false;
}

static void
read_policy_type(struct incoming_reader *r, struct incoming_policy *p)
{
	struct span text = incoming_text(r);
	enum policy_type type;

	if (policy_type_from_text(text, &p->policy.type) == E_OK) {
		p->known = true;
	} else if (policy_type_nearly(text, &type)) {
		p->known = true;
		p->policy.type = type;
		incoming_note(r, REPORT_NOTE_TYPE_SPELLING);
	} else {
		p->unknown_type = text;
		if (text.len > 0)
			incoming_note(r, REPORT_NOTE_POLICY_TYPE_UNKNOWN);
	}
}

static void
read_policy(struct incoming_reader *r, struct incoming_policy *p)
{
	unsigned seen = 0;
	enum key key;

	json_read_object(&r->json);
	while (incoming_member(r, policy_names, &seen, &key)) {
		switch (key) {
		case KEY_POLICY_TYPE:
			read_policy_type(r, p);
			break;
		case KEY_POLICY_STRING:
			read_policy_string(r, &p->policy.strings);
			break;
		case KEY_POLICY_DOMAIN:
			incoming_name(r, &p->policy.domain);
			break;
		default:
			read_mx_host(r, &p->policy.mx_hosts);
		}
	}
}

static void
read_summary(struct incoming_reader *r, struct incoming_policy *p)
{
	unsigned seen = 0;
	enum key key;

	json_read_object(&r->json);
	while (incoming_member(r, summary_names, &seen, &key))
		incoming_count(r,
		    key == KEY_FAILED ? &p->failed : &p->succeeded);
}

static void
note_policy(struct incoming_reader *r, const struct incoming_policy *p)
{
	uint64_t sum = 0;

	if (!p->known && p->unknown_type.len == 0)
		incoming_note(r, REPORT_NOTE_NO_POLICY_TYPE);
	if (p->policy.domain.len == 0)
		incoming_note(r, REPORT_NOTE_NO_POLICY_DOMAIN);
	if (p->succeeded.given != INCOMING_GIVEN ||
	    p->failed.given != INCOMING_GIVEN)
		incoming_note(r, REPORT_NOTE_NO_TOTAL);
	if (p->ndetails == 0 && p->failed.n > 0)
		incoming_note(r, REPORT_NOTE_NO_DETAILS);
	for (size_t i = 0; i < p->ndetails; i++)
		sum = count_add(sum, p->details[i].sessions.n);
	if (p->ndetails > 0 && p->failed.given == INCOMING_GIVEN &&
	    sum != p->failed.n)
		incoming_note(r, REPORT_NOTE_SUM_DIFFERS);
}

/* False: there is nothing in it. */
static bool
read_entry(struct incoming_reader *r, struct incoming_policy *p)
{
	unsigned seen = 0;
	bool any = false;
	enum key key;

	*p = (struct incoming_policy){
		.policy.type = POLICY_NO_POLICY_FOUND,
	};
	if (json_read_peek(&r->json) != JSON_KIND_OBJECT) {
		incoming_pass_over(r);
		return false;
	}
	json_read_object(&r->json);
	while (incoming_member(r, entry_names, &seen, &key)) {
		bool object = json_read_peek(&r->json) == JSON_KIND_OBJECT;

		if (key == KEY_DETAILS)
			read_details(r, p);
		else if (!object)
			incoming_pass_over(r);
		else if (key == KEY_POLICY)
			read_policy(r, p);
		else
			read_summary(r, p);
		any |= object;
	}
	if (!any && p->ndetails == 0)
		return false;
	note_policy(r, p);
	return true;
}

static void
read_one_entry(struct incoming_reader *r)
{
	struct incoming_report *report = r->report;
	struct incoming_policy *v;

	if (r->listed_policies == INCOMING_POLICIES_MAX) {
		incoming_note(r, REPORT_NOTE_POLICIES_CEILING);
		report->dropped_policies++;
		json_read_skip(&r->json);
		return;
	}
	r->listed_policies++;
	v = incoming_grow(r, report->policies, report->npolicies,
	    &r->policies_cap, sizeof(*v));
	if (v == NULL)
		return;
	report->policies = v;
	if (read_entry(r, &v[report->npolicies])) {
		report->npolicies++;
	} else {
		incoming_note(r, REPORT_NOTE_POLICY_DROPPED);
		report->dropped_policies++;
	}
}

void
incoming_policies(struct incoming_reader *r)
{
	switch (json_read_peek(&r->json)) {
	case JSON_KIND_ARRAY:
		r->is_report = true;
		json_read_array(&r->json);
		while (json_read_element(&r->json))
			read_one_entry(r);
		break;
	case JSON_KIND_OBJECT:
		r->is_report = true;
		incoming_note(r, REPORT_NOTE_NOT_A_LIST);
		read_one_entry(r);
		break;
	default:
		incoming_pass_over(r);
	}
}
