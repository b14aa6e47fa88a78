/* Whatever a mail server says before TLS, the probe ends, says why, and takes
 * nothing for STARTTLS that is none. */
#include "fuzz/fuzz.h"

#include <stdlib.h>

#include "net/smtp_probe.h"
#include "support/one_answer.h"

static bool
has_word(struct span in, struct span word)
{
	for (size_t i = 0; i + word.len <= in.len; i++)
		if (span_eq_nocase(span_head(span_skip(in, i), word.len), word))
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const addresses[] = { "127.0.0.1" };
	const struct span answer = { (const char *)data, size };
	struct smtp_probe_options o = { .host = "mx.a.example",
		.domain = "a.example",
		.addresses = addresses,
		.naddresses = 1,
		.helo = "probe.example",
		.timeout_ms = 5000 };
	struct one_answer server;
	struct smtp_probe p;

	/* It takes longer to read the system's than to talk. */
	assert(setenv("SSL_CERT_FILE", "/dev/null", 1) == 0);
	one_answer_start(&server, answer);
	o.port = server.port;
	assert(smtp_probe_run(&o, &p, NULL) == E_OK);
	one_answer_stop(&server);
	assert(p.outcome != PROBE_TLS && p.why.text[0] != '\0');
	if (p.outcome == PROBE_NO_HANDSHAKE)
		assert(has_word(answer, SPAN_LIT("STARTTLS")));
	return 0;
}
