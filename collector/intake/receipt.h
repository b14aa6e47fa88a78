/* intake/receipt.h -- what was received, and the facts of its arrival. */
#ifndef INTAKE_RECEIPT_H
#define INTAKE_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "base/uuid.h"

enum receipt_way { RECEIPT_HTTPS, RECEIPT_LMTP, RECEIPT_FILE, RECEIPT_IMAP };

/* All texts are untrusted bytes, cut to RECEIPT_TEXT_MAX. */
#define RECEIPT_TEXT_MAX 1024

struct receipt_facts {
	enum receipt_way way;
	int64_t received_ns; /* UTC */
	struct span peer;    /* "192.0.2.1:443"; a file's name; a mailbox */
	struct span
	    route; /* token of the path or of the subaddress; or empty */
	struct span sender; /* mail: of the envelope */
	struct span recipient;
	struct span type, encoding; /* HTTP: Content-Type, Content-Encoding */
	bool is_mail; /* the body is a message, else a report as posted */
};

/* Where what was received goes: durable before done is called. Thread-safe. */
struct receipt_sink {
	/* body is taken over before it returns. done is called exactly once on
	 * E_OK, from another thread, with E_OK and the id once it is on the
	 * disk, or with why not; else never. E_FULL: no room, E_RANGE: too
	 * large, E_BUSY: its source has had its share. */
	enum err (*put)(void *arg, const struct receipt_facts *,
	    struct span body,
	    void (*done)(void *done_arg, enum err, const struct uuid *id),
	    void *done_arg, struct why *why);
	void *arg;
};

#endif
