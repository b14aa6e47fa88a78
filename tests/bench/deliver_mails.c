#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bed.h"
#include "codec/dkim_sign.h"
#include "deliver.h"
#include "measure.h"
#include "report/report_mail.h"
#include "sink.h"

#define MAILS 4000
#define SAMPLE 1000 /* of the mails that are signed for the limit */
#define ROUNDS 5
#define MAIL_BYTES ((size_t)1 << 20)

static void
write_uri(char ret[256], size_t i, void *arg)
{
	(void)arg;
	(void)snprintf(ret, 256, "mailto:tlsrpt@receiver-%zu.example", i);
}

/* -- the limit -- */

struct sample {
	struct signing_keys keys;
	struct buf mails[SAMPLE];
};

static void
write_sample(const struct bed *b, struct sample *s)
{
	struct arena arena = ARENA_INIT(MAIL_BYTES);
	const struct clock machine = clock_machine(0);
	const struct report_mail_options options = {
		.config = b->config,
		.keys = &s->keys,
		.now_s = clock_wall_s(&machine),
	};
	struct why why = { { 0 } };

	if (signing_keys_load(b->config, &s->keys, &why) != E_OK)
		bench_fail("%s", why.text);
	for (size_t i = 0; i < SAMPLE; i++) {
		struct buf keys = BUF_INIT(MAIL_BYTES);
		struct report_row row;
		char uri[256];

		arena_reset(&arena);
		write_uri(uri, i, NULL);
		bed_report(b, i, span_str(uri), &arena, &row);
		s->mails[i] = BUF_INIT(MAIL_BYTES);
		if (report_mail_write(&options, &row, span_str(uri),
			&s->mails[i], &keys, &why) != E_OK)
			bench_fail("%s", why.text);
		buf_free(&keys);
	}
	arena_free(&arena);
}

static void
free_sample(struct sample *s)
{
	for (size_t i = 0; i < SAMPLE; i++)
		buf_free(&s->mails[i]);
	signing_keys_free(&s->keys);
}

static void
sign(const struct sample *s, const struct bed *b, struct span mail)
{
	struct buf field = BUF_INIT(DKIM_FIELD_MAX);
	struct why why = { { 0 } };

	for (size_t i = 0; i < s->keys.n; i++) {
		const struct dkim_signing signing = {
			.domain = span_str(b->config->report_submitter),
			.selector = s->keys.v[i].selector,
			.now_s = 1,
		};

		if (dkim_sign(s->keys.v[i].key, &signing, mail, &field, &why) !=
		    E_OK)
			bench_fail("%s", why.text);
	}
	buf_free(&field);
}

/* Mails a second. */
static double
sign_alone(const struct bed *b, const struct sample *s)
{
	int64_t start = mono_ns();

	for (size_t i = 0; i < SAMPLE; i++)
		sign(s, b, buf_span(&s->mails[i]));
	return SAMPLE * 1e9 / (double)(mono_ns() - start);
}

/* -- the service -- */

/* Mails a second. cpu_us: of the two roles, for each. */
static double
sign_and_send(const struct bed *b, const struct sink *sink,
    struct rounds cpu_us[2])
{
	int64_t start = mono_ns(), ns;
	uint64_t before = *sink->taken;
	pid_t report = bed_start(b, "report"),
	      deliver = bed_start(b, "deliver");

	while (*sink->taken - before < MAILS / 2)
		bed_pause();
	bed_wait_done(b);
	ns = mono_ns() - start;
	rounds_add(&cpu_us[0], bed_stop(b, report) * 1e6 / MAILS);
	rounds_add(&cpu_us[1], bed_stop(b, deliver) * 1e6 / MAILS);
	if (*sink->taken - before != MAILS)
		bench_fail("%llu mails of %d were taken",
		    (unsigned long long)(*sink->taken - before), MAILS);
	return MAILS * 1e9 / (double)ns;
}

static void
run_round(const struct sink *sink, struct rounds *ours, struct rounds cpu_us[2],
    struct rounds *limit)
{
	struct sample *sample = calloc(1, sizeof(*sample));
	char options[128];
	struct bed bed;
	double before;

	(void)snprintf(options, sizeof(options),
	    "mail_by = smtp\nsmtp_host = ::1\nsmtp_port = %u\n"
	    "smtp_tls = none\n",
	    sink->port);
	bed_make(&bed, options);
	write_sample(&bed, sample);
	bed_fill(&bed, MAILS, write_uri, NULL);
	before = sign_alone(&bed, sample);
	rounds_add(ours, sign_and_send(&bed, sink, cpu_us));
	rounds_add(limit, (before + sign_alone(&bed, sample)) / 2);
	free_sample(sample);
	free(sample);
	bed_remove(&bed);
}

void
deliver_mails(void)
{
	struct rounds ours = { .n = 0 }, limit = { .n = 0 };
	struct rounds cpu_us[2] = { { .n = 0 }, { .n = 0 } };
	struct sink sink;

	sink_smtp_start(&sink);
	for (int i = 0; i < ROUNDS; i++)
		run_round(&sink, &ours, cpu_us, &limit);
	sink_stop(&sink);
	figure_print(&(struct figure){ "deliver.mails-signed-and-sent",
	    rounds_median(&ours), "mails/s", rounds_median(&limit),
	    rounds_ratio(&ours, &limit), GOAL_RATIO_AT_LEAST, 0.6 });
	figure_print(&(struct figure){ .name = "deliver.mails.cpu-of-report",
	    .value = rounds_median(&cpu_us[0]),
	    .unit = "us/mail" });
	figure_print(&(struct figure){ .name = "deliver.mails.cpu-of-deliver",
	    .value = rounds_median(&cpu_us[1]),
	    .unit = "us/mail" });
}
