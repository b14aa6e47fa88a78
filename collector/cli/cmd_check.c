/* cli/cmd_check.c -- check: what domains publish about TLS of their mail, what
 * their servers show, and what reporters will complain about. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/num.h"
#include "cli/cli.h"
#include "model/domain.h"
#include "watch/published.h"

#define DNS_TIMEOUT_MS 10000
#define CONNECTION_TIMEOUT_MS 20000
#define EXIT_WRONG 1
#define EXIT_NOT_MEASURED EX_TEMPFAIL

const struct cli_option check_options[] = {
	{ "resolver", "ADDRESS", "name servers in place of dns.resolver" },
	{ "trust-anchor", "FILE", "in place of dns.trust_anchor" },
	{ "ca-file", "FILE", "trusted certificates in place of the system's" },
	{ "port", "PORT", "of the mail servers, in place of 25" },
	{ "https-port", "PORT", "of the policy host, in place of 443" },
	{ "helo", "NAME", "what we are called, in place of the host's name" },
	{ "timeout", "DURATION", "for one connection, in place of 20s" },
	{ NULL, NULL, NULL },
};

struct check {
	struct cli *cli;
	struct published_options options;
	struct resolver_options dns;
	char helo[256];
	struct pace pace;
	struct json_out *out; /* --json */
	struct published *published;
	bool any_wrong, any_not_measured;
};

/* -- options -- */

/* Without a configuration at the default place those of the system hold. */
static int
read_config(struct check *k)
{
	struct cli *cli = k->cli;
	int code;

	k->dns = (struct resolver_options){ "system", NULL, DNS_TIMEOUT_MS };
	if (strcmp(cli->config_path, CLI_CONFIG_DEFAULT) == 0 &&
	    access(cli->config_path, F_OK) != 0)
		return EX_OK;
	if ((code = cli_config(cli)) != EX_OK)
		return code;
	k->dns.timeout_ms = cli->config->dns_timeout_ms;
	k->dns.trust_anchor = cli->config->dns_trust_anchor;
	if (strcmp(cli->config->dns_resolver, "none") != 0)
		k->dns.servers = cli->config->dns_resolver;
	return EX_OK;
}

static int
read_port(struct check *k, const char *option, uint16_t *port)
{
	const char *value = cli_value(k->cli, option);
	int64_t n;

	if (value == NULL)
		return EX_OK;
	if (num_parse(span_str(value), 1, 65535, &n) != E_OK)
		return cli_usage(k->cli, "--%s: no port: %s", option, value);
	*port = (uint16_t)n;
	return EX_OK;
}

static int
read_timeout(struct check *k)
{
	const char *value = cli_value(k->cli, "timeout");

	if (value != NULL &&
	    (config_duration(span_str(value), &k->options.timeout_ms) != E_OK ||
		k->options.timeout_ms < 1))
		return cli_usage(k->cli, "--timeout: no duration: %s", value);
	return EX_OK;
}

static void
read_helo(struct check *k)
{
	const char *value = cli_value(k->cli, "helo");

	if (value != NULL)
		(void)snprintf(k->helo, sizeof(k->helo), "%s", value);
	else if (gethostname(k->helo, sizeof(k->helo) - 1) != 0)
		(void)snprintf(k->helo, sizeof(k->helo), "localhost");
	/* It goes into a line. */
	k->helo[strcspn(k->helo, "\r\n ")] = '\0';
	k->options.helo = k->helo;
}

static int
read_options(struct check *k)
{
	const char *value;
	int code;

	k->options.pace = &k->pace;
	k->options.connects = true;
	k->options.smtp_port = 25;
	k->options.https_port = 443;
	k->options.timeout_ms = CONNECTION_TIMEOUT_MS;
	k->options.ca_file = cli_value(k->cli, "ca-file");
	read_helo(k);
	if ((code = read_config(k)) != EX_OK ||
	    (code = read_port(k, "port", &k->options.smtp_port)) != EX_OK ||
	    (code = read_port(k, "https-port", &k->options.https_port)) !=
		EX_OK ||
	    (code = read_timeout(k)) != EX_OK)
		return code;
	if ((value = cli_value(k->cli, "resolver")) != NULL)
		k->dns.servers = value;
	if ((value = cli_value(k->cli, "trust-anchor")) != NULL)
		k->dns.trust_anchor = value;
	return EX_OK;
}

/* -- for people -- */

static void
print_line(const char *indent, const char *head, struct span text)
{
	struct buf line = BUF_INIT(65536);

	escape_terminal(&line, text);
	(void)printf("%s%-12s %s\n", indent, head, buf_str(&line));
	buf_free(&line);
}

static void
print_answer(const char *head, const struct dns_question *q, struct span found)
{
	struct buf line = BUF_INIT(65536);

	if (q->outcome == TXT_FOUND)
		buf_add(&line, found);
	else
		buf_add(&line, q->why);
	buf_addf(&line, " (DNSSEC: %s)", dnssec_text(q->dnssec));
	print_line("  ", head, buf_span(&line));
	buf_free(&line);
}

static void
print_tlsrpt(const struct published *p)
{
	struct buf to = BUF_INIT(65536);

	for (size_t i = 0; p->record_err == E_OK && i < p->record.nrua; i++) {
		buf_adds(&to, i == 0 ? "reports to " : ", ");
		buf_add(&to, p->record.rua[i].uri);
	}
	if (p->record_err != E_OK)
		buf_adds(&to, "no usable record: nobody reports");
	print_answer("TLSRPT", &p->tlsrpt, buf_span(&to));
	buf_free(&to);
}

static void
print_sts(const struct published *p)
{
	struct buf text = BUF_INIT(65536);

	if (p->sts_err == E_OK)
		buf_addf(&text, "id %.*s", SPAN_ARG(p->sts_id));
	else
		buf_adds(&text, "no usable record");
	print_answer("MTA-STS", &p->sts, buf_span(&text));
	buf_clear(&text);
	if (p->has_policy) {
		buf_addf(&text, "mode %s, max_age %lld s, mx",
		    sts_mode_text(p->policy.mode),
		    (long long)p->policy.max_age_s);
		for (size_t i = 0; i < p->policy.nmx; i++)
			buf_addf(&text, " %.*s", SPAN_ARG(p->policy.mx[i]));
		print_line("  ", "policy", buf_span(&text));
	}
	buf_free(&text);
}

static const char *
trust_text(enum smtp_probe_trust trust)
{
	static const char *const texts[] = {
		[PROBE_TRUSTED] = "trusted",
		[PROBE_EXPIRED] = "expired",
		[PROBE_NOT_YET_VALID] = "not yet valid",
		[PROBE_OTHER_NAME] = "of another name",
		[PROBE_NOT_TRUSTED] = "not trusted",
	};

	return texts[trust];
}

static const char *
dane_text(const struct published_host *h)
{
	return h->usable.n == 0	    ? "not used"
	    : h->probe.dane_matches ? "matches"
				    : "does not match";
}

static int64_t
days_left(const struct published_host *h)
{
	struct clock clock = clock_machine(0);

	return (h->probe.expires_s - clock_wall_s(&clock)) / S_PER_DAY;
}

static void
print_host(const struct published_host *h)
{
	struct buf text = BUF_INIT(65536);

	print_line("  ", "MX host", h->name);
	if (h->probe.outcome == PROBE_TLS) {
		buf_addf(&text, "%s, %s", h->probe.protocol, h->probe.cipher);
		print_line("    ", "TLS", buf_span(&text));
		buf_clear(&text);
		buf_addf(&text, "%s, %lld days left, %s",
		    trust_text(h->probe.trust), (long long)days_left(h),
		    h->probe.subject);
		print_line("    ", "certificate", buf_span(&text));
	} else {
		print_line("    ", "TLS", span_str(h->probe.why.text));
	}
	buf_clear(&text);
	buf_addf(&text, "%zu TLSA records", h->tlsa.records.n);
	if (!span_eq(h->base, h->name))
		buf_addf(&text, " of %.*s", SPAN_ARG(h->base));
	buf_addf(&text, " (DNSSEC: %s); DANE %s", dnssec_text(h->tlsa.dnssec),
	    dane_text(h));
	print_line("    ", "TLSA", buf_span(&text));
	buf_free(&text);
}

static void
print_complaint(const struct complaint *c)
{
	struct buf text = BUF_INIT(65536);

	if (c->has_type)
		buf_addf(&text, "%s, ", result_type_text(c->type));
	buf_addf(&text, "%.*s: %.*s", SPAN_ARG(c->subject), SPAN_ARG(c->text));
	print_line("  ", c->is_measured ? "WRONG" : "not measured",
	    buf_span(&text));
	buf_free(&text);
}

static void
print_text(const struct published *p)
{
	(void)printf("%.*s\n", SPAN_ARG(p->domain));
	print_answer("MX", &p->mx,
	    p->is_null_mx ? SPAN_LIT("none: the domain takes no mail")
			  : SPAN_LIT("found"));
	print_tlsrpt(p);
	print_sts(p);
	for (size_t i = 0; i < p->nhosts; i++)
		print_host(&p->hosts[i]);
	for (size_t i = 0; i < p->ncomplaints; i++)
		print_complaint(&p->complaints[i]);
	if (p->ncomplaints == 0)
		(void)printf("  nothing to complain about\n");
}

/* -- for programs -- */

/* Outside bytes that are no UTF-8 would spoil the document. */
static void
json_outside(struct json_out *out, const char *key, struct span text)
{
	struct buf harmless = BUF_INIT(262144);

	escape_terminal(&harmless, text);
	json_out_text(out, key, buf_span(&harmless));
	buf_free(&harmless);
}

static void
json_sts(struct json_out *out, const struct published *p)
{
	json_out_object(out, "mta-sts");
	if (p->sts_err == E_OK)
		json_out_text(out, "id", p->sts_id);
	if (p->has_policy) {
		json_out_text(out, "mode",
		    span_str(sts_mode_text(p->policy.mode)));
		json_out_int(out, "max-age", p->policy.max_age_s);
		json_out_array(out, "mx");
		for (size_t i = 0; i < p->policy.nmx; i++)
			json_out_text(out, NULL, p->policy.mx[i]);
		json_out_end(out);
	}
	json_out_end(out);
}

static void
json_host(struct json_out *out, const struct published *p,
    const struct published_host *h)
{
	json_out_object(out, NULL);
	json_outside(out, "host", h->name);
	json_out_int(out, "preference", h->preference);
	json_out_array(out, "addresses");
	for (size_t i = 0; i < h->naddresses; i++)
		json_out_text(out, NULL, span_str(h->addresses[i]));
	json_out_end(out);
	if (p->has_policy)
		json_out_bool(out, "sts-allows", h->sts_allows);
	json_outside(out, "tlsa-base", h->base);
	json_out_count(out, "tlsa-records", h->tlsa.records.n);
	json_out_text(out, "tlsa-dnssec",
	    span_str(dnssec_text(h->tlsa.dnssec)));
	json_out_text(out, "dane", span_str(dane_text(h)));
	if (h->probe.outcome == PROBE_TLS) {
		json_out_text(out, "certificate",
		    span_str(trust_text(h->probe.trust)));
		json_outside(out, "subject", span_str(h->probe.subject));
		cli_json_time(out, "expires", h->probe.expires_s);
		json_out_text(out, "protocol", span_str(h->probe.protocol));
		json_out_text(out, "cipher", span_str(h->probe.cipher));
	}
	json_out_end(out);
}

static void
json_complaint(struct json_out *out, const struct complaint *c)
{
	json_out_object(out, NULL);
	json_out_bool(out, "measured", c->is_measured);
	if (c->has_type)
		json_out_text(out, "result-type",
		    span_str(result_type_text(c->type)));
	json_outside(out, "subject", c->subject);
	json_outside(out, "text", c->text);
	json_out_end(out);
}

static void
add_json(const struct check *k)
{
	const struct published *p = k->published;
	struct json_out *out = k->out;

	json_out_object(out, NULL);
	json_out_text(out, "domain", p->domain);
	json_out_text(out, "mx-dnssec", span_str(dnssec_text(p->mx.dnssec)));
	json_out_bool(out, "takes-no-mail", p->is_null_mx);
	json_out_array(out, "rua");
	for (size_t i = 0; p->record_err == E_OK && i < p->record.nrua; i++)
		json_outside(out, NULL, p->record.rua[i].uri);
	json_out_end(out);
	json_sts(out, p);
	json_out_array(out, "hosts");
	for (size_t i = 0; i < p->nhosts; i++)
		json_host(out, p, &p->hosts[i]);
	json_out_end(out);
	json_out_array(out, "complaints");
	for (size_t i = 0; i < p->ncomplaints; i++)
		json_complaint(out, &p->complaints[i]);
	json_out_end(out);
	json_out_end(out);
}

/* -- the command -- */

static enum err
check_domain(struct check *k, const char *name, struct why *why)
{
	struct published *p = k->published;
	struct arena arena = ARENA_INIT(65536);
	bool repaired = false;
	struct span domain;
	enum err e;

	e = domain_canonical(span_str(name), &arena, &domain, &repaired);
	if (e == E_OK && (repaired || domain.len == 0))
		e = why_set(why, E_USAGE, "no domain: %s", name);
	if (e == E_OK) {
		e = published_look(domain, &k->options, p, why);
		for (size_t i = 0; e == E_OK && i < p->ncomplaints; i++) {
			k->any_wrong |= p->complaints[i].is_measured;
			k->any_not_measured |= !p->complaints[i].is_measured;
		}
		if (e == E_OK && k->out != NULL)
			add_json(k);
		else if (e == E_OK)
			print_text(p);
		published_free(p);
	}
	arena_free(&arena);
	return e;
}

static int
check_all(struct check *k)
{
	struct why why = { { 0 } };
	struct cli *cli = k->cli;
	int code = EX_OK;
	enum err e = resolver_open(&k->dns, &k->options.dns.resolver, &why);

	if (e == E_OK && cli->json && (k->out = json_out_new()) == NULL)
		e = E_NOMEM;
	if (k->out != NULL)
		json_out_array(k->out, NULL);
	for (size_t i = 0; e == E_OK && i < cli->noperands; i++)
		e = check_domain(k, cli->operands[i], &why);
	if (k->out != NULL && e == E_OK) {
		json_out_end(k->out);
		code = cli_print_json(cli, k->out);
	} else {
		json_out_free(k->out);
	}
	resolver_close(k->options.dns.resolver);
	if (e != E_OK)
		return cli_fail(cli, e, &why);
	return code != EX_OK	  ? code
	    : k->any_wrong	  ? EXIT_WRONG
	    : k->any_not_measured ? EXIT_NOT_MEASURED
				  : EX_OK;
}

int
cmd_check(struct cli *cli)
{
	struct check k = { .cli = cli };
	int code = read_options(&k);

	if (code != EX_OK)
		return code;
	/* A server that hangs up is none to die of. */
	(void)signal(SIGPIPE, SIG_IGN);
	if ((k.published = calloc(1, sizeof(*k.published))) == NULL)
		return EX_OSERR;
	code = check_all(&k);
	free(k.published);
	return code;
}
