#include "codec/report_read.h"

#include "base/clock.h"
#include "codec/date_read.h"
#include "codec/report_read_private.h"

_Static_assert(NREPORT_NOTES <= 64, "a bit for each note");

static const struct name report_names[] = {
	NAME("organization-name", ORGANIZATION),
	NAME("date-range", RANGE),
	NAME("contact-info", CONTACT),
	NAME("report-id", ID),
	NAME("policies", POLICIES),
	MISSPELT("tls-report", POLICIES),
	NAME("report-metadata", METADATA),
	NAMES_END,
};

static const struct name range_names[] = {
	NAME("start-datetime", START),
	NAME("end-datetime", END),
	NAMES_END,
};

const char *
report_note_sentence(enum report_note note)
{
	static const char *const sentences[] = {
#define REPORT_NOTE(name, sentence) sentence,
#include "codec/report_notes.def"
#undef REPORT_NOTE
	};

	return sentences[note];
}

/* -- the range -- */

static void
read_date(struct incoming_reader *r, int64_t *ret_s, bool *ret_has)
{
	static const struct {
		enum date_mark mark;
		enum report_note note;
	} notes[] = {
		{ DATE_NO_ZONE, REPORT_NOTE_DATE_NO_ZONE },
		{ DATE_OFFSET, REPORT_NOTE_DATE_OFFSET },
		{ DATE_FRACTION, REPORT_NOTE_DATE_FRACTION },
		{ DATE_FORM, REPORT_NOTE_DATE_FORM },
	};
	struct span text = incoming_whole_text(r);
	unsigned marks;

	if (text.p == NULL)
		return;
	if (date_read(text, ret_s, &marks) != E_OK) {
		incoming_note(r, REPORT_NOTE_DATE_UNREADABLE);
		return;
	}
	*ret_has = true;
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if ((marks & notes[i].mark) != 0)
			incoming_note(r, notes[i].note);
}

static void
read_range(struct incoming_reader *r)
{
	struct incoming_report *report = r->report;
	unsigned seen = 0;
	enum key key;

	if (json_read_peek(&r->json) != JSON_KIND_OBJECT) {
		incoming_pass_over(r);
		return;
	}
	json_read_object(&r->json);
	while (incoming_member(r, range_names, &seen, &key))
		if (key == KEY_START)
			read_date(r, &report->start_s, &report->has_start);
		else
			read_date(r, &report->end_s, &report->has_end);
	r->is_report |= report->has_start || report->has_end;
}

/* s4.1: a report SHOULD cover a full day, which ends at 23:59:59 for some and
 * at 24:00 for others. */
static void
note_range(struct incoming_reader *r)
{
	struct incoming_report *report = r->report;

	if (!report->has_start || !report->has_end)
		incoming_note(r, REPORT_NOTE_NO_RANGE);
	if (report->has_end && report->end_s % S_PER_DAY == 0 &&
	    report->end_s > 0 &&
	    !(report->has_start && report->start_s >= report->end_s)) {
		incoming_note(r, REPORT_NOTE_RANGE_NEXT_DAY);
		report->end_s--;
	}
	if (!report->has_start || !report->has_end)
		return;
	if (report->end_s < report->start_s)
		incoming_note(r, REPORT_NOTE_RANGE_BACKWARDS);
	else if (report->end_s - report->start_s >= S_PER_DAY)
		incoming_note(r, REPORT_NOTE_RANGE_LONG);
	if (report->start_s % S_PER_DAY != 0 ||
	    report->end_s % S_PER_DAY != S_PER_DAY - 1)
		incoming_note(r, REPORT_NOTE_RANGE_ODD);
}

/* -- the report -- */

static void read_members(struct incoming_reader *r, unsigned *seen);

/* As in DMARC's reports. One in itself is passed over. */
static void
read_metadata(struct incoming_reader *r, unsigned *seen)
{
	if (json_read_peek(&r->json) != JSON_KIND_OBJECT) {
		incoming_pass_over(r);
		return;
	}
	incoming_note(r, REPORT_NOTE_METADATA_OBJECT);
	json_read_object(&r->json);
	read_members(r, seen);
}

static void
read_report_text(struct incoming_reader *r, struct span *ret)
{
	*ret = incoming_text(r);
	r->is_report |= ret->p != NULL;
}

static void
read_members(struct incoming_reader *r, unsigned *seen)
{
	struct incoming_report *report = r->report;
	enum key key;

	while (incoming_member(r, report_names, seen, &key)) {
		switch (key) {
		case KEY_ORGANIZATION:
			read_report_text(r, &report->organization);
			break;
		case KEY_CONTACT:
			read_report_text(r, &report->contact);
			break;
		case KEY_ID:
			read_report_text(r, &report->id);
			break;
		case KEY_RANGE:
			read_range(r);
			break;
		case KEY_POLICIES:
			incoming_policies(r);
			break;
		default:
			read_metadata(r, seen);
		}
	}
}

static void
note_report(struct incoming_reader *r)
{
	const struct incoming_report *report = r->report;

	if (report->organization.len == 0)
		incoming_note(r, REPORT_NOTE_NO_ORGANIZATION);
	if (report->contact.len == 0)
		incoming_note(r, REPORT_NOTE_NO_CONTACT);
	if (report->id.len == 0)
		incoming_note(r, REPORT_NOTE_NO_REPORT_ID);
	if (report->npolicies == 0)
		incoming_note(r, REPORT_NOTE_NO_POLICIES);
	if (r->json.repaired)
		incoming_note(r, REPORT_NOTE_TEXT_REPAIRED);
	note_range(r);
}

enum err
report_read(struct span text, struct arena *arena, struct incoming_report *ret,
    struct why *why)
{
	struct incoming_reader r = { .arena = arena, .report = ret };
	unsigned seen = 0;
	enum err e;

	if (text.len > INCOMING_BYTES_MAX)
		return why_set(why, E_RANGE, "more than %d bytes of JSON",
		    INCOMING_BYTES_MAX);
	*ret = (struct incoming_report){ .notes = 0 };
	json_read_begin(&r.json, text, arena, INCOMING_DEPTH_MAX, true);
	json_read_object(&r.json);
	read_members(&r, &seen);
	if ((e = json_read_end(&r.json, why)) != E_OK)
		return e;
	if (!r.is_report)
		return why_set(why, E_SYNTAX, "nothing of a TLS report in it");
	note_report(&r);
	return E_OK;
}
