#include "intake/claims.h"

#include "base/arena.h"
#include "base/siphash.h"
#include "codec/dkim_tags.h"
#include "codec/mime_read.h"
#include "model/domain.h"
#include "model/org_domain.h"

#define HEADER_ARENA_MAX ((size_t)1 << 20)

struct id
signer_id(struct span domain)
{
	struct id id;

	siphash_table_128(domain.p, domain.len, id.v);
	return id;
}

static void
add(struct claims *c, struct span value, struct arena *arena)
{
	struct dkim_tags tags;
	struct span domain;
	bool repaired = false;

	if (c->n == CLAIMS_MAX || !dkim_tags_read(value, &tags))
		return;
	domain = dkim_tag_value(&tags, "d");
	if (domain.len == 0 ||
	    domain_canonical(domain, arena, &domain, &repaired) != E_OK ||
	    repaired)
		return;
	domain = org_domain(domain);
	if (domain.len > 0)
		c->v[c->n++] = signer_id(domain);
}

void
claims_read(struct span mail, struct claims *ret)
{
	struct arena arena = ARENA_INIT(HEADER_ARENA_MAX);
	struct mime_header header = { NULL, 0 };

	ret->n = 0;
	if (mime_take_header(&mail, &arena, &header, NULL) != E_OK)
		header.n = 0;
	for (size_t i = 0; i < header.n; i++)
		if (span_eq_nocase(header.v[i].name,
			SPAN_LIT("DKIM-Signature")))
			add(ret, header.v[i].value, &arena);
	arena_free(&arena);
}
