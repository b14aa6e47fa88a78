/* cli/cmd_emit.c -- emit: log a session from a shell, or another MTA's hook. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "cli/emit.h"
#include "cli/emit_check.h"
#include "model/limits.h"
#include "model/result_type.h"
#include "model/policy.h"
#include "tlsrpt.h"

/* In the order of use: --policy begins a policy, --fail a failure of it, and
 * what follows belongs to that one. */
enum emit_option {
	EMIT_SOCKET,
	EMIT_DOMAIN,
	EMIT_RECORD,
	EMIT_RUA,
	EMIT_REPORT,
	EMIT_POLICY,
	EMIT_POLICY_DOMAIN,
	EMIT_POLICY_STRING,
	EMIT_MX_HOST,
	EMIT_SUCCEEDED,
	EMIT_FAILED,
	EMIT_FAIL,
	EMIT_SENDING_IP,
	EMIT_MX,
	EMIT_HELO,
	EMIT_RECEIVING_IP,
	EMIT_INFO,
	EMIT_REASON,
};

const struct cli_option emit_options[] = {
	[EMIT_SOCKET] = { "socket", "PATH",
	    "collector's socket (default: as configured)" },
	[EMIT_DOMAIN] = { "domain", "DOMAIN",
	    "TLSRPT domain, usually the "
	    "recipient's" },
	[EMIT_RECORD] = { "record", "TXT", "its TXT record at _smtp._tls" },
	[EMIT_RUA] = { "rua", "URI", "instead of --record: where reports go" },
	[EMIT_REPORT] = { "report", NULL,
	    "the session carried a TLS report: it is not to be counted" },
	[EMIT_POLICY] = { "policy", "TYPE",
	    "begin a policy: tlsa, sts, no-policy-found (default)" },
	[EMIT_POLICY_DOMAIN] = { "policy-domain", "DOMAIN",
	    "whom the policy is of (default: --domain)" },
	[EMIT_POLICY_STRING] = { "policy-string", "LINE",
	    "a line or record of the policy" },
	[EMIT_MX_HOST] = { "mx-host", "PATTERN",
	    "an MX pattern of the policy" },
	[EMIT_SUCCEEDED] = { "succeeded", NULL,
	    "the session ended well (default without --fail)" },
	[EMIT_FAILED] = { "failed", NULL,
	    "the session failed (default with --fail)" },
	[EMIT_FAIL] = { "fail", "RESULT-TYPE",
	    "begin a failure, such as starttls-not-supported" },
	[EMIT_SENDING_IP] = { "sending-ip", "IP", "of the Sending MTA" },
	[EMIT_MX] = { "mx", "HOST", "MX host name of the receiving MTA" },
	[EMIT_HELO] = { "helo", "TEXT", "its reply to EHLO, or its name" },
	[EMIT_RECEIVING_IP] = { "receiving-ip", "IP", "of the receiving MTA" },
	[EMIT_INFO] = { "info", "URI", "where more about it can be read" },
	[EMIT_REASON] = { "reason", "TEXT", "the TLS error code or message" },
	{ NULL, NULL, NULL },
};

struct failure {
	bool begun;
	tlsrpt_failure_t code;
	const char *sending_ip, *mx, *helo, *receiving_ip, *info, *reason;
};

struct emitter {
	struct cli *cli;
	struct tlsrpt_dr_t *dr;
	const char *socket, *domain;
	bool in_policy, any_policy;
	bool failed, result_given;
	/* Of the policy that is to come. */
	enum policy_type type;
	const char *policy_domain;
	struct failure failure;
	int code; /* first exit code that is not EX_OK */
};

static void
stop_at(struct emitter *e, int code)
{
	if (e->code == EX_OK)
		e->code = code;
}

static void
check(struct emitter *e, int tlsrpt_code)
{
	struct why why = { { 0 } };

	if (tlsrpt_code == 0 || e->code != EX_OK)
		return;
	if (tlsrpt_error_code_is_internal(tlsrpt_code)) {
		e->code = cli_usage(e->cli, "%s", tlsrpt_strerror(tlsrpt_code));
		return;
	}
	errno = tlsrpt_errno_from_error_code(tlsrpt_code);
	e->code = cli_fail(e->cli, emit_errno(e->socket, &why), &why);
}

/* -- policies and failures, begun by one option and ended by the next -- */

static void
end_failure(struct emitter *e)
{
	const struct failure *f = &e->failure;

	if (!f->begun)
		return;
	check(e,
	    tlsrpt_add_delivery_request_failure(e->dr, f->code, f->sending_ip,
		f->mx, f->helo, f->receiving_ip, f->info, f->reason));
	e->failure = (struct failure){ .begun = false };
	if (!e->result_given)
		e->failed = true;
}

static void
begin_policy(struct emitter *e)
{
	if (e->in_policy)
		return;
	check(e,
	    tlsrpt_init_policy(e->dr, (tlsrpt_policy_type_t)e->type,
		e->policy_domain != NULL ? e->policy_domain : e->domain));
	e->in_policy = true;
}

static void
end_policy(struct emitter *e)
{
	begin_policy(e);
	end_failure(e);
	check(e,
	    tlsrpt_finish_policy(e->dr,
		e->failed ? TLSRPT_FINAL_FAILURE : TLSRPT_FINAL_SUCCESS));
	e->in_policy = e->failed = e->result_given = false;
	e->policy_domain = NULL;
	e->type = POLICY_NO_POLICY_FOUND;
}

static void
next_policy(struct emitter *e, const char *type)
{
	if (e->any_policy || e->in_policy)
		end_policy(e);
	e->any_policy = true;
	if (policy_type_from_text(span_str(type), &e->type) != E_OK)
		stop_at(e,
		    cli_usage(e->cli,
			"--policy is tlsa, sts or no-policy-found, not "
			"\"%s\"",
			type));
}

static void
next_failure(struct emitter *e, const char *text)
{
	enum result_type type;

	begin_policy(e);
	end_failure(e);
	if (result_type_from_text(span_str(text), &type) != E_OK)
		stop_at(e,
		    cli_usage(e->cli,
			"\"%s\" is not a result type of RFC 8460 "
			"section 4.3",
			text));
	else
		e->failure = (struct failure){ .begun = true,
			.code = (tlsrpt_failure_t)type };
}

static void
set_failure_text(struct emitter *e, const struct cli_given *g,
    const char **text)
{
	if (!e->failure.begun)
		stop_at(e,
		    cli_usage(e->cli, "--%s belongs behind --fail",
			g->option->name));
	*text = g->value;
}

static void
set_result(struct emitter *e, bool failed)
{
	if (e->result_given && e->failed != failed)
		stop_at(e,
		    cli_usage(e->cli,
			"a policy has --succeeded or --failed, not both"));
	e->result_given = true;
	e->failed = failed;
}

static void
take(struct emitter *e, const struct cli_given *g)
{
	struct failure *f = &e->failure;

	switch ((enum emit_option)(g->option - emit_options)) {
	case EMIT_SOCKET:
	case EMIT_DOMAIN:
	case EMIT_RECORD:
	case EMIT_RUA:
		break; /* taken before */
	case EMIT_REPORT:
		check(e, tlsrpt_mark_report(e->dr));
		break;
	case EMIT_POLICY:
		next_policy(e, g->value);
		break;
	case EMIT_POLICY_DOMAIN:
		if (e->in_policy)
			stop_at(e,
			    cli_usage(e->cli,
				"--policy-domain belongs "
				"right behind --policy"));
		e->policy_domain = g->value;
		break;
	case EMIT_POLICY_STRING:
		begin_policy(e);
		check(e, tlsrpt_add_policy_string(e->dr, g->value));
		break;
	case EMIT_MX_HOST:
		begin_policy(e);
		check(e, tlsrpt_add_mx_host_pattern(e->dr, g->value));
		break;
	case EMIT_SUCCEEDED:
	case EMIT_FAILED:
		set_result(e, g->option == &emit_options[EMIT_FAILED]);
		break;
	case EMIT_FAIL:
		next_failure(e, g->value);
		break;
	case EMIT_SENDING_IP:
		set_failure_text(e, g, &f->sending_ip);
		break;
	case EMIT_MX:
		set_failure_text(e, g, &f->mx);
		break;
	case EMIT_HELO:
		set_failure_text(e, g, &f->helo);
		break;
	case EMIT_RECEIVING_IP:
		set_failure_text(e, g, &f->receiving_ip);
		break;
	case EMIT_INFO:
		set_failure_text(e, g, &f->info);
		break;
	case EMIT_REASON:
		set_failure_text(e, g, &f->reason);
		break;
	}
}

/* -- one session -- */

static int
check_values(const struct cli *cli)
{
	static emit_check_fn *const checks[EMIT_REASON + 1] = {
		[EMIT_DOMAIN] = emit_check_domain,
		[EMIT_RECORD] = emit_check_record,
		[EMIT_RUA] = emit_check_rua,
		[EMIT_POLICY_DOMAIN] = emit_check_host,
		[EMIT_MX_HOST] = emit_check_host,
		[EMIT_SENDING_IP] = emit_check_ip,
		[EMIT_MX] = emit_check_host,
		[EMIT_RECEIVING_IP] = emit_check_ip,
		[EMIT_INFO] = emit_check_info,
	};

	for (size_t i = 0; i < cli->ngiven; i++) {
		const struct cli_given *g = &cli->given[i];
		emit_check_fn *fn = checks[g->option - emit_options];
		struct why why = { { 0 } };

		if (fn != NULL && fn(span_str(g->value), &why) != E_OK)
			return cli_usage(cli, "--%s: %s", g->option->name,
			    why.text);
	}
	return EX_OK;
}

static void
record_of_ruas(const struct cli *cli, struct buf *out)
{
	unsigned n = 0;

	for (size_t i = 0; i < cli->ngiven; i++)
		if (cli->given[i].option == &emit_options[EMIT_RUA])
			buf_addf(out, "%s%s",
			    n++ == 0 ? "v=TLSRPTv1; rua=" : ",",
			    cli->given[i].value);
}

static int
record_text(const struct cli *cli, struct buf *out)
{
	const char *record = cli_value(cli, "record");
	bool rua = cli_value(cli, "rua") != NULL;

	if (cli_value(cli, "domain") == NULL || (record == NULL && !rua))
		return cli_usage(cli,
		    "--domain and --record (or --rua) are needed");
	if (record != NULL && rua)
		return cli_usage(cli, "either --record or --rua, not both");
	if (record != NULL)
		buf_adds(out, record);
	else
		record_of_ruas(cli, out);
	if (out->err != E_OK)
		return cli_usage(cli, "--rua: a record of more than %d bytes",
		    RECORD_TEXT_MAX);
	return check_values(cli);
}

static int
send_session(struct cli *cli, const char *socket, const char *record)
{
	struct timeval patience = { .tv_sec = EMIT_PATIENCE_S };
	struct emitter e = { .cli = cli,
		.socket = socket,
		.type = POLICY_NO_POLICY_FOUND,
		.domain = cli_value(cli, "domain") };
	struct tlsrpt_connection_t *con = NULL;

	tlsrpt_set_blocking();
	check(&e, tlsrpt_open(&con, socket));
	if (con != NULL) {
		(void)setsockopt(tlsrpt_get_socket(con), SOL_SOCKET,
		    SO_SNDTIMEO, &patience, sizeof(patience));
		check(&e,
		    tlsrpt_init_delivery_request(&e.dr, con, e.domain, record));
	}
	for (size_t i = 0; e.dr != NULL && i < cli->ngiven; i++)
		take(&e, &cli->given[i]);
	if (e.dr != NULL) {
		end_policy(&e);
		if (e.code == EX_OK)
			check(&e, tlsrpt_finish_delivery_request(&e.dr));
		else
			(void)tlsrpt_cancel_delivery_request(&e.dr);
	}
	if (con != NULL)
		(void)tlsrpt_close(&con);
	return e.code;
}

static int
emit_session(struct cli *cli, const char *socket)
{
	struct buf record = BUF_INIT(RECORD_TEXT_MAX);
	int code = record_text(cli, &record);

	if (code == EX_OK)
		code = send_session(cli, socket, buf_str(&record));
	buf_free(&record);
	return code;
}

/* -- the command -- */

static int
emit_files(struct cli *cli, const char *socket)
{
	struct why why = { { 0 } };
	uint64_t sent = 0;

	for (size_t i = 0; i < cli->noperands; i++) {
		enum err e = emit_file(socket, cli->operands[i], &sent, &why);

		if (e != E_OK)
			return cli_fail(cli, e, &why);
	}
	return EX_OK;
}

/* An option that is of one session and has no place beside files. */
static const char *
session_option(const struct cli *cli)
{
	for (size_t i = 0; i < cli->ngiven; i++)
		if (cli->given[i].option != &emit_options[EMIT_SOCKET])
			return cli->given[i].option->name;
	return NULL;
}

int
cmd_emit(struct cli *cli)
{
	const char *socket = cli_value(cli, "socket");
	const char *option = session_option(cli);
	int code;

	if (cli->noperands > 0 && option != NULL)
		return cli_usage(cli, "either datagrams of FILE or --%s",
		    option);
	if (socket == NULL) {
		if ((code = cli_config(cli)) != EX_OK)
			return code;
		socket = cli->config->collect_socket;
	}
	return cli->noperands > 0 ? emit_files(cli, socket)
				  : emit_session(cli, socket);
}
