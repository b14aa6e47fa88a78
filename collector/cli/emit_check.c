#include "cli/emit_check.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "codec/ip.h"
#include "codec/tlsrpt_record.h"
#include "codec/uri.h"
#include "model/domain.h"

#define SHOWN 100 /* bytes of a value in a message */
#define SCRATCH_MAX 65536

static enum err
is_no(struct span value, const char *what, struct why *why)
{
	return why_set(why, E_SYNTAX, "\"%.*s\" is no %s",
	    SPAN_ARG(span_head(value, SHOWN)), what);
}

/* -- names -- */

static enum err
check_name(struct span value, const char *forbidden, const char *what,
    struct why *why)
{
	struct arena scratch = ARENA_INIT(SCRATCH_MAX);
	struct span name = SPAN_NONE;
	bool repaired = false, fits;
	enum err e = domain_canonical(value, &scratch, &name, &repaired);

	fits = !repaired && name.len > 0;
	for (; *forbidden != '\0'; forbidden++)
		fits = fits && !span_has(name, *forbidden);
	arena_free(&scratch);
	if (e != E_OK)
		return why_set(why, e, "out of memory");
	return fits ? E_OK : is_no(value, what, why);
}

enum err
emit_check_domain(struct span value, struct why *why)
{
	return check_name(value, "*[", "domain name", why);
}

enum err
emit_check_host(struct span value, struct why *why)
{
	return check_name(value, "", "host name", why);
}

/* -- what is of a failure -- */

enum err
emit_check_ip(struct span value, struct why *why)
{
	char canonical[IP_TEXT_SIZE];

	return ip_canonical(value, canonical) > 0
	    ? E_OK
	    : is_no(value, "IP address", why);
}

enum err
emit_check_info(struct span value, struct why *why)
{
	if (value.len > INFO_TEXT_MAX)
		return why_set(why, E_RANGE, "is longer than %d bytes",
		    INFO_TEXT_MAX);
	return uri_is_valid(value) ? E_OK : is_no(value, "URI", why);
}

/* -- where reports go -- */

enum err
emit_check_record(struct span value, struct why *why)
{
	struct arena scratch = ARENA_INIT(SCRATCH_MAX);
	struct tlsrpt_record record;
	enum err e;

	if (value.len > RECORD_TEXT_MAX)
		return why_set(why, E_RANGE, "is longer than %d bytes",
		    RECORD_TEXT_MAX);
	e = tlsrpt_record_parse(value, &scratch, &record, why);
	arena_free(&scratch);
	return e == E_ABSENT ? E_SYNTAX : e;
}

/* The record's own reader, of a record with this URI alone: it must neither
 * leave anything out nor need anything mended. */
static enum err
check_in_record(struct span uri, struct why *why)
{
	const unsigned harmless = 1U << NOTE_MAILTO_HEADERS |
	    1U << NOTE_REPEATED_URI;
	struct arena scratch = ARENA_INIT(SCRATCH_MAX);
	struct buf text = BUF_INIT(RECORD_TEXT_MAX);
	struct tlsrpt_record record = { .nrua = 0 };
	enum err e = E_OK;

	buf_adds(&text, "v=TLSRPTv1;rua=");
	buf_add(&text, uri);
	if (text.err != E_OK)
		e = why_set(why, text.err, "too long a URI");
	else if (tlsrpt_record_parse(buf_span(&text), &scratch, &record,
		     NULL) == E_NOMEM)
		e = why_set(why, E_NOMEM, "out of memory");
	else if (record.notes & 1U << NOTE_URI_SCHEME)
		e = is_no(uri, "mailto: or https: URI", why);
	else if (record.nrua == 0 || (record.notes & ~harmless) != 0)
		e = is_no(uri, "valid address or URL", why);
	buf_free(&text);
	arena_free(&scratch);
	return e;
}

enum err
emit_check_rua(struct span value, struct why *why)
{
	if (!uri_is_valid(value))
		return is_no(value, "URI", why);
	/* s3: they would end the URI in the record. */
	if (span_has(value, ',') || span_has(value, ';') ||
	    span_has(value, '!'))
		return why_set(why, E_SYNTAX,
		    "\"%.*s\" needs \",\", \";\" and \"!\" as %%2C, %%3B and "
		    "%%21",
		    SPAN_ARG(span_head(value, SHOWN)));
	return check_in_record(value, why);
}
