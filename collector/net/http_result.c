#include "net/http_transfer.h"

#include <stdio.h>
#include <time.h>

#include "base/num.h"

/* RFC 9110: Retry-After is seconds or a date. */
static int64_t
retry_after_s(CURL *easy)
{
	struct curl_header *field;
	int64_t s;
	time_t at, now = time(NULL);

	if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1,
		&field) != CURLHE_OK)
		return -1;
	switch (num_parse(span_str(field->value), 0, INT32_MAX, &s)) {
	case E_OK:
		return s;
	case E_RANGE:
		return field->value[0] == '-' ? -1 : INT32_MAX;
	default:
		break;
	}
	if ((at = curl_getdate(field->value, NULL)) == -1)
		return -1;
	return at < now ? 0 : at - now;
}

static enum http_outcome
outcome_of(const struct http_transfer *t, CURLcode code)
{
	if (http_transfer_is_refused(t) && !t->is_allowed)
		return HTTP_REFUSED;
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return HTTP_UNTRUSTED;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
		return HTTP_REFUSED;
	default:
		return HTTP_UNREACHABLE;
	}
}

static const char *
reason_of(const struct http_transfer *t, CURLcode code)
{
	if (http_transfer_is_refused(t) && !t->is_allowed)
		return t->refusal.text;
	return t->error[0] != '\0' ? t->error : curl_easy_strerror(code);
}

/* The status is the answer even if what is behind it was cut off, by the peer
 * or by us: it has decided by then. */
static void
take_status(struct http_transfer *t, CURLcode code)
{
	struct http_result *result = &t->result;
	long status = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200) {
		result->outcome = outcome_of(t, code);
		result->why = span_str(reason_of(t, code));
		return;
	}
	result->outcome = HTTP_ANSWERED;
	result->status = status;
	result->verified = t->verify;
	result->retry_after_s = retry_after_s(t->easy);
	result->answer.p = t->answer;
	result->answer.len = t->read < sizeof(t->answer) ? t->read
							 : sizeof(t->answer);
	(void)snprintf(t->status, sizeof(t->status), "HTTP status %ld", status);
	result->why = span_str(t->status);
}

static int64_t
took_ns(CURL *easy)
{
	curl_off_t us = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &us);
	return us * 1000;
}

void
http_transfer_end(struct http_transfer *t, CURLcode code)
{
	t->result = (struct http_result){ .retry_after_s = -1 };
	if (t->easy == NULL) {
		t->result.outcome = outcome_of(t, code);
		t->result.why = span_str(reason_of(t, code));
		return;
	}
	easy_peer(t->easy, t->peer);
	t->result.peer = span_str(t->peer);
	t->result.took_ns = took_ns(t->easy);
	take_status(t, code);
}

void
http_transfer_tell(struct transfer *base, CURLcode code)
{
	const struct http_transfer *t = (const void *)base;

	(void)code;
	t->done(t->arg, &t->result);
}

void
http_transfer_abandon(struct transfer *base)
{
	const struct http_transfer *t = (const void *)base;
	struct http_result result = { .outcome = HTTP_ABANDONED,
		.retry_after_s = -1,
		.why = SPAN_LIT("given up") };

	t->done(t->arg, &result);
}
