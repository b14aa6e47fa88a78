/* tests/bench/deliver.h -- the parts of bench_deliver. */
#ifndef TESTS_BENCH_DELIVER_H
#define TESTS_BENCH_DELIVER_H

/* Mails with two signatures over SMTP, against the signatures alone. */
void deliver_mails(void);
/* Reports over HTTPS, on connections that are kept, and each on a new one,
 * against a client that does nothing else. */
void deliver_posts_kept(void);
void deliver_posts_new(void);
/* What a long queue costs: memory, and time for a claim. */
void deliver_queue(void);

#endif
