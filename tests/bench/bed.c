#include "bed.h"

#include <errno.h>
#include <ftw.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "daemon/role.h"
#include "deliver/queue.h"
#include "measure.h"
#include "report/report_build.h"
#include "sink.h"

#define REPORT_BYTES ((size_t)1 << 20)
#define CONFIG_ERRORS ((size_t)1 << 16)
#define FILL_BATCH 1000
#define PATIENCE_NS (120 * NS_PER_S)
#define CERT_VALID_S (30 * S_PER_DAY)

static int64_t
now_s(void)
{
	const struct clock machine = clock_machine(0);

	return clock_wall_s(&machine);
}

static void
must(enum err e, const char *what, const struct why *why)
{
	if (e != E_OK)
		bench_fail("%s: %s", what,
		    why->text[0] == '\0' ? err_text(e) : why->text);
}

/* -- keys -- */

static FILE *
open_secret(const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fchmod(fileno(f), 0600) != 0)
		bench_fail("%s: %s", path, strerror(errno));
	return f;
}

static void
write_key(const char *path, EVP_PKEY *key)
{
	FILE *f = open_secret(path);

	if (key == NULL ||
	    PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) != 1 ||
	    fclose(f) != 0)
		bench_fail("%s: cannot be written", path);
}

static void
make_key(char path[96], const char *folder, const char *name, EVP_PKEY *key)
{
	(void)snprintf(path, 96, "%s/%s.pem", folder, name);
	write_key(path, key);
	EVP_PKEY_free(key);
}

static void
add_name(X509 *cert)
{
	X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL,
	    NID_subject_alt_name, "DNS:" SINK_CERT_NAME);

	if (names == NULL || X509_add_ext(cert, names, -1) != 1)
		bench_fail("the certificate cannot be made");
	X509_EXTENSION_free(names);
}

/* Signed by itself; who trusts it trusts the sink. */
static void
make_cert(struct bed *b)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	FILE *f;

	(void)snprintf(b->cert, sizeof(b->cert), "%s/cert.pem", b->folder);
	(void)snprintf(b->key, sizeof(b->key), "%s/key.pem", b->folder);
	write_key(b->key, key);
	(void)X509_set_version(cert, X509_VERSION_3);
	(void)X509_gmtime_adj(X509_getm_notBefore(cert), -S_PER_DAY);
	(void)X509_gmtime_adj(X509_getm_notAfter(cert), CERT_VALID_S);
	(void)X509_set_pubkey(cert, key);
	(void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"sink", -1, -1, 0);
	(void)X509_set_issuer_name(cert, name);
	add_name(cert);
	if (X509_sign(cert, key, EVP_sha256()) == 0 ||
	    (f = fopen(b->cert, "w")) == NULL || PEM_write_X509(f, cert) != 1 ||
	    fclose(f) != 0)
		bench_fail("%s: cannot be written", b->cert);
	X509_free(cert);
	EVP_PKEY_free(key);
}

/* -- the folder -- */

static void
read_config(struct bed *b, const char *options)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MAX);
	struct buf errors = BUF_INIT(CONFIG_ERRORS);

	buf_addf(&text,
	    "[daemon]\ndata_dir = %s\n"
	    "[report]\norganization = Example Sender\n"
	    "contact = tls-reports@sender.example\n"
	    "dkim_keys = rsa:%s, ed:%s\n"
	    "[dns]\nresolver = none\n[deliver]\nmode = on\n"
	    "directory = %s/reports\ndelay_min = 0s\ndelay_max = 0s\n%s",
	    b->folder, b->key_rsa, b->key_ed25519, b->folder, options);
	if (config_parse(buf_span(&text), "bench", b->folder, &b->config,
		&errors) != E_OK)
		bench_fail("%s", buf_str(&errors));
	buf_free(&text);
	buf_free(&errors);
}

static void
make_store(const struct bed *b)
{
	struct store_schema schema;
	struct why why = { { 0 } };
	struct store *store;

	must(store_make(b->config->store_path_url, &store, &why), "store",
	    &why);
	must(store_migrate(store, now_s(), &schema, &why), "schema", &why);
	store_close(store);
}

void
bed_make(struct bed *b, const char *options)
{
	*b = (struct bed){ .folder = "/tmp/tlsrptd-bench-XXXXXX" };
	if (mkdtemp(b->folder) == NULL)
		bench_fail("%s: %s", b->folder, strerror(errno));
	make_key(b->key_rsa, b->folder, "rsa",
	    EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048));
	make_key(b->key_ed25519, b->folder, "ed25519",
	    EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	make_cert(b);
	read_config(b, options);
	make_store(b);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

void
bed_remove(struct bed *b)
{
	config_free(b->config);
	(void)nftw(b->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

struct store *
bed_store(const struct bed *b)
{
	struct why why = { { 0 } };
	struct store *store;

	must(store_open(b->config->store_path_url, &store, &why), "store",
	    &why);
	return store;
}

/* -- reports -- */

static struct tally_detail details[] = {
	{ .detail = { .type = RESULT_CERTIFICATE_EXPIRED,
	      .sending_ip = SPAN_LIT("192.0.2.10"),
	      .mx_hostname = SPAN_LIT("mx1.receiver.example"),
	      .helo = SPAN_LIT("mx1.receiver.example"),
	      .receiving_ip = SPAN_LIT("198.51.100.25") },
	    .sessions = 17 },
	{ .detail = { .type = RESULT_CERTIFICATE_HOST_MISMATCH,
	      .sending_ip = SPAN_LIT("192.0.2.11"),
	      .mx_hostname = SPAN_LIT("mx2.receiver.example"),
	      .helo = SPAN_LIT("mail.receiver.example"),
	      .receiving_ip = SPAN_LIT("198.51.100.26") },
	    .sessions = 4 },
	{ .detail = { .type = RESULT_STARTTLS_NOT_SUPPORTED,
	      .sending_ip = SPAN_LIT("192.0.2.12"),
	      .mx_hostname = SPAN_LIT("mx3.receiver.example"),
	      .receiving_ip = SPAN_LIT("198.51.100.27") },
	    .sessions = 1 },
};

void
bed_report(const struct bed *b, size_t i, struct span uri, struct arena *arena,
    struct report_row *ret)
{
	const struct report_options options = report_options_of(b->config);
	char domain[64];
	struct tally_policy policies[] = {
		{ .type = POLICY_STS,
		    .domain = SPAN_LIT("receiver.example"),
		    .strings = SPAN_LIT("version: STSv1\nmode: enforce\n"
					"mx: *.receiver.example\n"
					"max_age: 604800\n"),
		    .mx_hosts = SPAN_LIT("*.receiver.example\n"),
		    .succeeded = 1000 + i,
		    .failed = 22,
		    .details = details,
		    .ndetails = sizeof(details) / sizeof(details[0]) },
		{ .type = POLICY_TLSA,
		    .domain = SPAN_LIT("mx9.receiver.example"),
		    .strings = SPAN_LIT("3 1 1 00112233445566778899aabbccddee"
					"ff00112233445566778899aabbccddeeff\n"),
		    .mx_hosts = SPAN_LIT(""),
		    .succeeded = i },
	};
	struct tally tally = {
		.day = day_of_s(now_s()) - 1,
		.record = SPAN_LIT("v=TLSRPTv1; rua=..."),
		.policies = policies,
		.npolicies = sizeof(policies) / sizeof(policies[0]),
	};
	struct buf rua = BUF_INIT(1024);
	struct why why = { { 0 } };

	(void)snprintf(domain, sizeof(domain), "receiver-%zu.example", i);
	tally.domain = arena_copy(arena, span_str(domain));
	buf_add(&rua, uri);
	buf_addc(&rua, '\n');
	tally.rua = arena_copy(arena, buf_span(&rua));
	buf_free(&rua);
	must(report_build(&options, &tally, now_s(), arena, ret, &why),
	    "report", &why);
}

static void
queue(const struct bed *b, struct store *store, const struct report_row *r)
{
	struct why why = { { 0 } };

	must(store_report_put(store, r, &why), "report", &why);
	must(store_report_freeze(store, r->id, now_s(), &why), "report", &why);
	must(store_report_delivered(store, r->id, now_s(), &why), "report",
	    &why);
	must(queue_report(store, b->config, r, now_s(), &why), "delivery",
	    &why);
}

void
bed_fill(const struct bed *b, size_t n, bed_uri_fn *fn, void *arg)
{
	struct arena arena = ARENA_INIT(REPORT_BYTES);
	struct store *store = bed_store(b);
	struct why why = { { 0 } };

	for (size_t i = 0; i < n; i++) {
		struct report_row row;
		char uri[256];

		if (i % FILL_BATCH == 0)
			must(store_begin(store, &why), "store", &why);
		arena_reset(&arena);
		fn(uri, i, arg);
		bed_report(b, i, span_str(uri), &arena, &row);
		queue(b, store, &row);
		if (i % FILL_BATCH == FILL_BATCH - 1 || i == n - 1)
			must(store_commit(store, &why), "store", &why);
	}
	store_close(store);
	arena_free(&arena);
}

/* -- roles -- */

static _Noreturn void
become(const struct bed *b, const char *role)
{
	char log[96];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_NAME, role); /* for perf */
	(void)snprintf(log, sizeof(log), "%s/%s.log", b->folder, role);
	if (freopen(log, "a", stderr) == NULL)
		_exit(EXIT_FAILURE);
	_exit(role_run(role_find(role), b->config));
}

pid_t
bed_start(const struct bed *b, const char *role)
{
	pid_t pid = fork();

	if (pid == 0)
		become(b, role);
	if (pid < 0)
		bench_fail("fork: %s", strerror(errno));
	return pid;
}

double
bed_stop(const struct bed *b, pid_t pid)
{
	int64_t before = cpu_children_ns();
	int status;

	(void)kill(pid, SIGTERM);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		bench_fail("a role has failed: see %s", b->folder);
	return (double)(cpu_children_ns() - before) / 1e9;
}

void
bed_pause(void)
{
	const struct timespec t = { 0, 10000000 };

	(void)nanosleep(&t, NULL);
}

void
bed_wait_done(const struct bed *b)
{
	int64_t until = mono_ns() + PATIENCE_NS;
	struct store *store = bed_store(b);
	struct delivery_work work = { .waiting = 1 };
	struct why why = { { 0 } };

	for (;;) {
		must(store_delivery_work(store, 0, 0, &work, &why), "store",
		    &why);
		if (work.waiting == 0)
			break;
		if (mono_ns() > until)
			bench_fail("%llu deliveries still wait: see %s",
			    (unsigned long long)work.waiting, b->folder);
		bed_pause();
	}
	store_close(store);
}
