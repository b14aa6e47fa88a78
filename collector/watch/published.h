/* watch/published.h -- what a domain publishes about TLS of its mail, what its
 * mail servers show of it, and what reporters will complain about. */
#ifndef WATCH_PUBLISHED_H
#define WATCH_PUBLISHED_H

#include "codec/sts_policy.h"
#include "codec/tlsrpt_record.h"
#include "model/address_filter.h"
#include "model/result_type.h"
#include "net/policy_fetch.h"
#include "net/smtp_probe.h"
#include "watch/dns.h"
#include "watch/pace.h"

#define PUBLISHED_HOSTS_MAX 20	     /* MX hosts that are looked at */
#define PUBLISHED_COMPLAINTS_MAX 100 /* what is past it is left out */
#define PUBLISHED_ADDRESSES_MAX 8    /* of a host, that are tried */
#define PUBLISHED_BYTES_MAX ((size_t)16 << 20)

struct published_options {
	struct dns_way dns;
	bool connects; /* to the MX hosts */
	/* Of the policy host, where a stranger names the domain; NULL: any. */
	const struct address_filter *filter;
	struct pace *pace;   /* of all domains together */
	const char *ca_file; /* NULL: the system's */
	const char *helo;
	uint16_t smtp_port, https_port;
	int64_t timeout_ms; /* of one connection */
};

struct published_host {
	struct span name;
	unsigned preference;
	bool sts_allows; /* with a policy */
	const char *addresses[PUBLISHED_ADDRESSES_MAX];
	size_t naddresses;
	struct dns_question a, aaaa;
	struct dns_question tlsa; /* of the base domain */
	struct span base;	  /* the host, or what it is an alias of */
	/* Of an alias: that it is one is secure, whatever it is one of. */
	bool has_secure_alias;
	struct span_list usable; /* of tlsa, where DANE is to be used */
	struct smtp_probe probe;
};

/* What is wrong, or could not be looked at. */
struct complaint {
	bool is_measured;
	bool has_type;
	enum result_type type; /* that reporters will tell */
	struct span subject;   /* the domain or a host of it */
	struct span text;      /* one line; may quote outside bytes */
};

struct published {
	struct arena arena;
	struct span domain;
	struct dns_question mx, tlsrpt, sts, sts_a, sts_aaaa;
	struct tlsrpt_record record;
	enum err record_err; /* E_OK: record is set */
	enum err sts_err;    /* E_OK: there is an id; E_ABSENT: no record */
	struct span sts_id;
	bool is_fetched; /* fetch is set */
	struct policy_fetch fetch;
	struct buf policy_file;
	bool has_policy;
	struct sts_policy policy;
	struct published_host hosts[PUBLISHED_HOSTS_MAX];
	size_t nhosts;
	bool is_null_mx; /* RFC 7505: it takes no mail */
	bool is_probed;	 /* the hosts were connected to */
	struct complaint complaints[PUBLISHED_COMPLAINTS_MAX];
	size_t ncomplaints;
};

/* Look at all of it; connects to the domain's policy host and MX hosts alone,
 * and to these if it may: else they are not probed, nor judged.
 * domain: as domain_canonical gives it. *ret is to be freed whatever comes.
 * E_NOMEM, E_IO, E_USAGE, E_BUSY. */
MUST_CHECK enum err published_look(struct span domain,
    const struct published_options *, struct published *ret, struct why *why);
void published_free(struct published *);

/* For published.c: say what is wrong with what was found. */
void verdict_add(struct published *);

/* Whether TLSA records of the host are to be used: all that leads to them is
 * secure (RFC 7672 s2.2), of an alias at least that it is one (RFC 7672
 * s2.2.2). */
bool published_host_has_dane(const struct published *,
    const struct published_host *);

/* "192.0.2.1": of the data of an A or AAAA record, in the arena. NULL: it is
 * none, or out of memory. */
const char *published_address(struct span rdata, struct arena *);

#endif
