/* codec/mta_log.h -- a line of the log of an MTA that sends: Postfix, Exim or
 * OpenSMTPD. Pure.
 *
 * Parts of a line are written by strangers: recipients, and what servers
 * answer. What is read stands in front of those, or behind where they end. */
#ifndef CODEC_MTA_LOG_H
#define CODEC_MTA_LOG_H

#include "model/mta_session.h"

/* What times without a year or a zone are read by. */
struct mta_log_clock {
	int64_t now_s;
	int64_t zone_s; /* what local time is ahead of UTC */
};

/* Where a line comes from; views of it. What it does not tell is empty. */
struct mta_log_head {
	int64_t time_s; /* now_s if the line has none */
	struct span host;
	struct span program; /* "postfix/smtp", "smtpd", "exim" */
	struct span pid;
	struct span message;
};

enum mta_line_kind {
	MTA_LINE_OTHER, /* says nothing about a session */
	MTA_LINE_TLS,	/* TLS is up, with a host */
	/* TLS failed, was refused or is not wanted: what is sent now, by this
	 * line, is sent in clear text. */
	MTA_LINE_FAILED,
	MTA_LINE_ELSEWHERE, /* the connection is to no MX host */
	MTA_LINE_REPORTED,  /* a datagram was sent about the session */
	MTA_LINE_DELIVERY,  /* what became of a recipient there */
	/* So does this, but strangers wrote so much of it that nobody can tell
	 * what: it ends what is known of the connection. */
	MTA_LINE_UNCLEAR,
};

struct mta_line {
	enum mta_line_kind kind;
	int64_t time_s;
	struct span host;
	/* What all lines of a connection have in common: the number of a
	 * process or session, or a queue id. Empty: of another process, and the
	 * hosts and domain have to do. */
	struct span link;
	bool is_session; /* the link is the connection's own, with all its mails
			  */
	struct span queue_id;
	struct span domain;  /* as it stands there */
	struct span mx_host; /* empty: not told, the link has to do */
	struct span peer_ip;
	enum tls_seen tls; /* 0: the line does not tell */
	bool is_sent;	   /* the mail was taken */
	/* The policy is known, and demands that the server be verified. */
	bool demands;
};

/* A time that a log tells, or now_s, if it is a day ahead: what comes later
 * must not look old. */
int64_t mta_log_time(int64_t time_s, const struct mta_log_clock *);

/* For syslog's files, with times of either form or none, and Exim's own. False:
 * there is no message in it. */
bool mta_log_head(struct span line, const struct mta_log_clock *,
    struct mta_log_head *ret);

/* MTA_LINE_OTHER where it is none of ours. */
void mta_log_line(const struct mta_log_head *, struct mta_line *ret);

/* Of one MTA: private to codec/mta_log*.c. They set kind if it is one. */
void mta_log_postfix(const struct mta_log_head *, struct mta_line *ret);
void mta_log_exim(const struct mta_log_head *, struct mta_line *ret);
void mta_log_opensmtpd(const struct mta_log_head *, struct mta_line *ret);

/* A word that stands for something in a log. */
struct mta_word {
	struct span text;
	enum tls_seen tls;
};

#define MTA_WORD(text, name)                                   \
	{                                                      \
		{ "" text, sizeof(text) - 1 }, TLS_SEEN_##name \
	}
#define MTA_WORDS(table) (table), sizeof(table) / sizeof((table)[0])

/* Of the first word that s begins with; 0: of none. */
enum tls_seen mta_log_word(struct span s, const struct mta_word *, size_t n);

/* "host[192.0.2.1]", off the front of s. False: s begins with none. */
bool mta_log_peer(struct span *s, struct span *ret_host, struct span *ret_ip);

/* The domain of an address without brackets; empty: there is none. */
struct span mta_log_domain(struct span address);

#endif
