#include "codec/bounce_address.h"

#include "base/num.h"
#include "model/address.h"
#include "model/limits.h"

static enum err
check(struct span bounce, struct span local, int64_t attempt)
{
	if (!address_is_valid(bounce))
		return E_SYNTAX;
	if (local.len > BOUNCE_LOCAL_MAX || bounce.len > BOUNCE_ADDRESS_MAX ||
	    attempt < 1 || attempt > BOUNCE_ATTEMPT_MAX)
		return E_RANGE;
	return E_OK;
}

enum err
bounce_address_make(struct span bounce, struct span delivery, int64_t attempt,
    struct buf *out)
{
	struct span domain = bounce, local = span_until(&domain, '@');
	enum err e = check(bounce, local, attempt);
	char text[UUID_TEXT_SIZE];
	struct uuid id;

	if (e != E_OK)
		return e;
	if (!uuid_parse(delivery, &id))
		return E_SYNTAX;
	uuid_text(&id, text);
	buf_addf(out, "%.*s+%s-%lld@%.*s", SPAN_ARG(local), text,
	    (long long)attempt, SPAN_ARG(domain));
	return out->err;
}

static bool
take_nocase(struct span *s, struct span prefix)
{
	if (s->len < prefix.len ||
	    !span_eq_nocase(span_head(*s, prefix.len), prefix))
		return false;
	*s = span_skip(*s, prefix.len);
	return true;
}

enum err
bounce_address_parse(struct span bounce, struct span address,
    struct bounce_address *ret)
{
	struct span domain = bounce, local = span_until(&domain, '@');
	struct span rest = address, id;
	struct uuid uuid;
	int64_t attempt;

	if (!address_is_valid(bounce) || !take_nocase(&rest, local) ||
	    !span_take(&rest, SPAN_LIT("+")))
		return E_ABSENT;
	id = span_head(rest, UUID_TEXT_SIZE - 1);
	rest = span_skip(rest, id.len);
	if (!uuid_parse(id, &uuid) || !span_take(&rest, SPAN_LIT("-")) ||
	    num_parse(span_until(&rest, '@'), 1, BOUNCE_ATTEMPT_MAX,
		&attempt) != E_OK ||
	    !span_eq_nocase(rest, domain))
		return E_ABSENT;
	uuid_text(&uuid, ret->delivery);
	ret->attempt = attempt;
	return E_OK;
}
