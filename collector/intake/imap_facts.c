#include "intake/imap_facts.h"

#include "base/buf.h"
#include "codec/lmtp_path.h"
#include "codec/mime_read.h"

/* The field's value, of one address; empty: there is none. */
static struct span
address_in(const struct mime_header *h, const char *name, struct arena *arena)
{
	const struct mime_field *field = mime_field(h, name);
	struct buf text = BUF_INIT(RECEIPT_TEXT_MAX);
	struct span address, path, kept;

	if (field == NULL)
		return SPAN_LIT("");
	mime_unfold(field->value, &text);
	address = span_trim(buf_span(&text));
	if (lmtp_path_take(&address, &path))
		address = path;
	kept = text.err == E_OK ? arena_copy(arena, address) : SPAN_NONE;
	buf_free(&text);
	return kept.p == NULL ? SPAN_LIT("") : kept;
}

/* X-Original-To is Postfix's, before aliases; Delivered-To behind them, where
 * the subaddress may be gone. */
void
imap_facts_read(struct span message, struct arena *arena,
    struct receipt_facts *facts)
{
	static const char *const names[] = { "X-Original-To", "Delivered-To" };
	struct mime_header h;

	facts->sender = facts->recipient = facts->route = SPAN_LIT("");
	if (mime_take_header(&message, arena, &h, NULL) != E_OK)
		return;
	facts->sender = address_in(&h, "Return-Path", arena);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span address = address_in(&h, names[i], arena);

		if (facts->recipient.len == 0)
			facts->recipient = address;
		if (facts->route.len == 0)
			facts->route = lmtp_path_subaddress(address);
	}
}
