#include "deliver/report_body.h"

#include "codec/gzip.h"

const char *
report_body_type(const struct config *c)
{
	return c->deliver_format == DELIVER_JSON ? "application/tlsrpt+json"
						 : "application/tlsrpt+gzip";
}

enum err
report_body_format(const struct config *c, struct buf *body)
{
	struct buf json = BUF_INIT((size_t)c->report_max_size_bytes);
	enum err e;

	if (c->deliver_format != DELIVER_JSON)
		return E_OK;
	e = gzip_expand(buf_span(body), &json);
	if (e != E_OK) {
		buf_free(&json);
		return e;
	}
	buf_free(body);
	*body = json;
	return E_OK;
}
