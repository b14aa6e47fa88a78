/* bench_read.c -- a report of somebody else, as it was received, to its model.
 * The limit is inflating the same bytes into room that is there already. And
 * what one of as many details as one may have takes until it is in the inbox.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "codec/gzip.h"
#include "codec/report_read.h"
#include "codec/unpack.h"
#include "measure.h"

#define ROUNDS 15
#define ROUND_NS (40 * NS_PER_MS)
/* With more than these a report has only what each reporter tells of them. */
#define LONG_DETAILS_MAX 10000

struct sample {
	struct buf text, gz;
	size_t ndetails;
	struct buf out; /* of unpack */
	struct arena arena;
	char *room; /* of inflate */
};

static void
add_rest(struct buf *b, uint32_t v)
{
	buf_addf(b,
	    ", \"receiving-mx-helo\": \"mx%u.mail.company-y.example\", ",
	    v >> 12 & 0x3ff);
	buf_addf(b, "\"receiving-ip\": \"203.0.113.%u\", ", v >> 16 & 0xff);
	buf_addf(b,
	    "\"additional-information\": \"https://reports.company-x.example/"
	    "report_info?id=5065427c-%08x#Expired\", ",
	    v);
	buf_addf(b, "\"failure-reason-code\": \"X509_V_ERR_%u\"", v >> 26);
}

static void
add_detail(struct buf *b, size_t i, bool is_long)
{
	static const char *const types[] = { "certificate-expired",
		"certificate-host-mismatch", "starttls-not-supported",
		"validation-failure" };
	/* Numerical Recipes: what varies between details. */
	uint32_t v = (uint32_t)i * 1664525 + 1013904223;

	buf_addf(b, "{\"result-type\": \"%s\", ", types[v >> 28 & 3]);
	if ((v >> 20 & 3) == 0)
		buf_addf(b, "\"sending-mta-ip\": \"2001:db8:%x::%x\", ",
		    v >> 16 & 0xfff, (v >> 4 & 0xfff) + 1);
	else
		buf_addf(b, "\"sending-mta-ip\": \"198.51.100.%u\", ",
		    v >> 8 & 0xff);
	buf_addf(b,
	    "\"receiving-mx-hostname\": \"mx%u.mail.company-y.example\", "
	    "\"failed-session-count\": %u",
	    v >> 12 & 0x3ff, (v >> 10 & 0x7ff) + 1);
	if (is_long)
		add_rest(b, v);
	buf_adds(b, "}");
}

static void
make_text(struct buf *b, size_t ndetails)
{
	buf_adds(b,
	    "{\"organization-name\": \"Company-X\", \"date-range\": "
	    "{\"start-datetime\": \"2026-04-01T00:00:00Z\", "
	    "\"end-datetime\": \"2026-04-01T23:59:59Z\"}, "
	    "\"contact-info\": \"sts-reporting@company-x.example\", "
	    "\"report-id\": \"5065427c-23d3-47ca-b6e0-946ea0e8c4be\", "
	    "\"policies\": [{\"policy\": {\"policy-type\": \"sts\", "
	    "\"policy-string\": [\"version: STSv1\", \"mode: testing\", "
	    "\"mx: *.mail.company-y.example\", \"max_age: 86400\"], "
	    "\"policy-domain\": \"company-y.example\", "
	    "\"mx-host\": [\"*.mail.company-y.example\"]}, \"summary\": "
	    "{\"total-successful-session-count\": 5326, "
	    "\"total-failure-session-count\": 303}, \"failure-details\": [");
	for (size_t i = 0; i < ndetails; i++) {
		buf_adds(b, i == 0 ? "" : ", ");
		add_detail(b, i, ndetails <= LONG_DETAILS_MAX);
	}
	buf_adds(b, "]}]}");
}

static void
make_sample(struct sample *s, size_t ndetails)
{
	*s = (struct sample){
		.text = BUF_INIT(INCOMING_BYTES_MAX),
		.gz = BUF_INIT(INCOMING_BYTES_MAX),
		.ndetails = ndetails,
		.arena = ARENA_INIT(INCOMING_ARENA_MAX),
	};
	make_text(&s->text, ndetails);
	if (s->text.err != E_OK ||
	    gzip_compress(buf_span(&s->text), &s->gz) != E_OK ||
	    (s->room = malloc(s->text.len)) == NULL)
		bench_fail("no report could be made");
}

static void
free_sample(struct sample *s)
{
	buf_free(&s->text);
	buf_free(&s->gz);
	buf_free(&s->out);
	arena_free(&s->arena);
	free(s->room);
}

static void
inflate_it(struct sample *s)
{
	z_stream z = { 0 };

	if (inflateInit2(&z, 31) != Z_OK)
		bench_fail("inflateInit2");
	z.next_in = (Bytef *)s->gz.p;
	z.avail_in = (uInt)s->gz.len;
	z.next_out = (Bytef *)s->room;
	z.avail_out = (uInt)s->text.len;
	if (inflate(&z, Z_FINISH) != Z_STREAM_END)
		bench_fail("inflate");
	(void)inflateEnd(&z);
}

static void
read_it(struct sample *s)
{
	static const struct unpack_limits limits = { 10 << 20,
		INCOMING_BYTES_MAX, 200 };
	struct incoming_report report;
	struct span text;

	arena_reset(&s->arena);
	if (unpack(buf_span(&s->gz), &limits, &s->out, &text, NULL) != E_OK ||
	    report_read(text, &s->arena, &report, NULL) != E_OK ||
	    report.npolicies != 1 || report.policies[0].ndetails != s->ndetails)
		bench_fail("a report is not read");
}

/* How many a second. */
static double
rate(struct sample *s, void (*what)(struct sample *))
{
	int64_t start = mono_ns(), now;
	unsigned n = 0;

	do {
		what(s);
		n++;
		now = mono_ns();
	} while (now - start < ROUND_NS);
	return n * (double)NS_PER_S / (double)(now - start);
}

/* -- into the inbox -- */

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

/* A folder with a report and what tlsrpt needs; ret_folder ends with XXXXXX. */
static void
lay_out(char *folder, struct span report)
{
	static const char config[] =
	    "[daemon]\nroles = collect\ndata_dir = .\n";
	int fd;

	if (mkdtemp(folder) == NULL ||
	    (fd = open(folder, O_DIRECTORY | O_CLOEXEC)) == -1)
		bench_fail("%s: cannot be made", folder);
	if (file_write_durably(fd, "tlsrptd.conf", span_str(config), 0600,
		NULL) != E_OK ||
	    file_write_durably(fd, "report", report, 0600, NULL) != E_OK)
		bench_fail("%s: cannot be written", folder);
	(void)close(fd);
}

/* tlsrpt with these words in the folder. */
static void
run_in(const char *folder, const char *word, const char *operand)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		/* What it says is no figure. */
		if (chdir(folder) == 0 &&
		    freopen("/dev/null", "w", stdout) != NULL)
			(void)execl(TLSRPT, "tlsrpt", "-c", "tlsrptd.conf",
			    word, operand, (char *)NULL);
		_exit(127);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid || status != 0)
		bench_fail("tlsrpt %s %s", word, operand);
}

/* Before this process is larger than that one: it tells the greater of both. */
static void
measure_import(size_t ndetails)
{
	char folder[] = "/tmp/tlsrptd-bench-XXXXXX";
	struct sample s;
	struct rusage used;
	int64_t start;

	make_sample(&s, ndetails);
	lay_out(folder, buf_span(&s.gz));
	free_sample(&s);
	run_in(folder, "db", "migrate");
	start = mono_ns();
	run_in(folder, "import", "report");
	figure_print(&(struct figure){ .name = "read.into_inbox_100000_details",
	    .value = (double)(mono_ns() - start) / (double)NS_PER_S,
	    .unit = "s" });
	(void)getrusage(RUSAGE_CHILDREN, &used);
	figure_print(&(struct figure){ .name = "read.memory_100000_details",
	    .value = (double)used.ru_maxrss / 1024,
	    .unit = "MiB" });
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* -- into the model -- */

static void
measure(const char *name, size_t ndetails)
{
	struct rounds limit = { .n = 0 }, ours = { .n = 0 };
	struct sample s;

	make_sample(&s, ndetails);
	for (int i = 0; i < ROUNDS; i++) {
		rounds_add(&limit, rate(&s, inflate_it));
		rounds_add(&ours, rate(&s, read_it));
	}
	figure_print(&(struct figure){ name, rounds_median(&ours), "reports/s",
	    rounds_median(&limit), rounds_ratio(&ours, &limit),
	    GOAL_RATIO_AT_LEAST, 0.6 });
	free_sample(&s);
}

int
main(void)
{
	measure_import(INCOMING_DETAILS_MAX);
	measure("read.report", 2);
	measure("read.report_5000_details", 5000);
	measure("read.report_100000_details", INCOMING_DETAILS_MAX);
	return 0;
}
