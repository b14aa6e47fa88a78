#include "intake/source.h"

#include "base/ascii.h"
#include "codec/lmtp_path.h"
#include "http/address.h"

/* As http_address_text writes it. */
static bool
parse_peer(struct span peer, struct http_address *ret)
{
	struct span host = peer;

	if (http_address_parse(peer, ret))
		return true;
	if (span_take(&host, SPAN_LIT("[")))
		host = span_until(&host, ']');
	else
		host = span_until(&host, ':');
	return http_address_parse(host, ret);
}

static struct span
block_of(struct span peer, char ret[SOURCE_SIZE])
{
	struct http_address address;

	if (!parse_peer(peer, &address))
		return SPAN_LIT("");
	address = http_address_block(&address);
	http_address_text(&address, 0, ret);
	return span_str(ret);
}

static struct span
domain_of(struct span sender, char ret[SOURCE_SIZE])
{
	struct span host = span_head(lmtp_path_host(sender), SOURCE_SIZE);

	if (sender.len == 0)
		return SPAN_LIT("<>");
	for (size_t i = 0; i < host.len; i++)
		ret[i] = (char)ascii_lower(host.p[i]);
	return (struct span){ ret, host.len };
}

struct span
source_of(const struct receipt_facts *f, char ret[SOURCE_SIZE])
{
	switch (f->way) {
	case RECEIPT_HTTPS:
		return block_of(f->peer, ret);
	case RECEIPT_LMTP:
		return domain_of(f->sender, ret);
	default:
		return SPAN_LIT("");
	}
}
