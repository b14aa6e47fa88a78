/* cli/cli.h -- what the commands of `tlsrpt` share: arguments, store, output.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/arena.h"
#include "base/clock.h"
#include "codec/json_write.h"
#include "config/config.h"
#include "store/store.h"

#define CLI_CONFIG_DEFAULT "/etc/tlsrptd/tlsrptd.conf"

/* One option of a command; a table of them ends with name NULL. */
struct cli_option {
	const char *name;     /* without "--" */
	const char *argument; /* for the help; NULL: takes none */
	const char *sentence;
};

/* One that was given, in the order given. */
struct cli_given {
	const struct cli_option *option;
	const char *value; /* "" where the option takes none */
};

struct cli_command;

struct cli {
	const struct cli_command *command; /* NULL: not known yet */
	const char *config_path;
	bool json;
	struct cli_given *given;
	size_t ngiven;
	char **operands;
	size_t noperands;
	struct config *config; /* by cli_config */
	struct store *store;   /* by cli_store */
};

struct cli_command {
	const char *name;     /* "tally list" */
	const char *operands; /* for the help: "ID" */
	size_t min_operands, max_operands;
	const struct cli_option *options; /* NULL: none but the common ones */
	const char *sentence;
	int (*run)(struct cli *); /* an exit code of sysexits.h */
};

/* The last value given for the option; NULL: not given. */
const char *cli_value(const struct cli *, const char *option);

/* Say what went wrong on stderr, outside text made harmless, and return the
 * exit code for it. */
int cli_fail(const struct cli *, enum err, const struct why *);
int cli_usage(const struct cli *, const char *fmt, ...) PRINTF(2, 3);

/* Read the configuration; its faults are printed. An exit code. */
int cli_config(struct cli *);
/* Open the store that the configuration names and check its schema. */
int cli_store(struct cli *);
struct clock cli_clock(const struct cli *);

/* The day of option --day, or yesterday. An exit code. */
int cli_day(const struct cli *, int64_t *ret);

/* Print the document, which is freed. An exit code. */
int cli_print_json(const struct cli *, struct json_out *);

/* UTC seconds; 0: null. */
void cli_json_time(struct json_out *, const char *key, int64_t s);

/* A table for people: columns as wide as they need be. Outside text is made
 * harmless. */
struct cli_table;
/* heads: column heads, the last NULL; a head that begins with ">" is of a
 * column that is aligned to the right. NULL: out of memory. */
struct cli_table *cli_table_new(const char *const *heads);
void cli_table_text(struct cli_table *, struct span);
void cli_table_count(struct cli_table *, uint64_t);
void cli_table_time(struct cli_table *, int64_t s); /* 0: "-" */
/* A line of its own, indented, below the row that was filled last. */
void cli_table_note(struct cli_table *, struct span);
/* The same: where deliver.map has a delivery go. Nothing if it is empty. */
void cli_note_target(struct cli_table *, struct span target);
/* Print and free it; empty: the text instead, if there are no rows. */
int cli_table_print(const struct cli *, struct cli_table *, const char *empty);

void cli_table_free(struct cli_table *); /* NULL is fine */

/* Where the rows of a list go: an array of JSON objects, or a table. */
struct cli_listing {
	struct cli *cli;
	struct json_out *out;	 /* --json; else NULL */
	struct cli_table *table; /* else */
};

/* Have fill put the rows, and print them. An exit code. */
typedef enum err cli_fill_fn(struct cli_listing *, void *arg, struct why *why);
int cli_list(struct cli *, const char *const *heads, const char *empty,
    cli_fill_fn *fill, void *arg);

/* One of a list. */
void cli_json_collector(struct json_out *, const struct collector *);

int cmd_alert_list(struct cli *);
int cmd_alert_test(struct cli *);
int cmd_alert_ways(struct cli *);
int cmd_check(struct cli *);
int cmd_collector_forget(struct cli *);
int cmd_collector_list(struct cli *);
int cmd_db_check(struct cli *);
int cmd_db_copy(struct cli *);
int cmd_db_migrate(struct cli *);
int cmd_delivery_bounce(struct cli *);
int cmd_delivery_cancel(struct cli *);
int cmd_delivery_list(struct cli *);
int cmd_delivery_mail(struct cli *);
int cmd_delivery_retry(struct cli *);
int cmd_delivery_show(struct cli *);
int cmd_demo(struct cli *);
int cmd_dkim_record(struct cli *);
int cmd_domain_add(struct cli *);
int cmd_domain_history(struct cli *);
int cmd_domain_list(struct cli *);
int cmd_domain_remove(struct cli *);
int cmd_emit(struct cli *);
int cmd_finding_acknowledge(struct cli *);
int cmd_finding_judge(struct cli *);
int cmd_finding_list(struct cli *);
int cmd_finding_mute(struct cli *);
int cmd_finding_unmute(struct cli *);
int cmd_finding_show(struct cli *);
int cmd_import(struct cli *);
int cmd_import_collectd(struct cli *);
int cmd_inbox_list(struct cli *);
int cmd_inbox_quarantine(struct cli *);
int cmd_inbox_raw(struct cli *);
int cmd_inbox_reprocess(struct cli *);
int cmd_inbox_show(struct cli *);
int cmd_log_history(struct cli *);
int cmd_log_list(struct cli *);
int cmd_record_parse(struct cli *);
int cmd_report_build(struct cli *);
int cmd_report_list(struct cli *);
int cmd_report_send(struct cli *);
int cmd_report_show(struct cli *);
int cmd_status(struct cli *);
int cmd_suppression_add(struct cli *);
int cmd_suppression_list(struct cli *);
int cmd_suppression_remove(struct cli *);
int cmd_tail(struct cli *);
int cmd_tally_list(struct cli *);
int cmd_token_add(struct cli *);
int cmd_token_list(struct cli *);
int cmd_token_remove(struct cli *);
int cmd_user_add(struct cli *);
int cmd_user_list(struct cli *);
int cmd_user_passwd(struct cli *);
int cmd_user_remove(struct cli *);

extern const struct cli_option alert_list_options[], check_options[],
    day_options[], delivery_bounce_options[], delivery_list_options[],
    demo_options[], dkim_record_options[], domain_add_options[],
    domain_history_options[], emit_options[], finding_judge_options[],
    finding_list_options[], finding_mute_options[], finding_reason_options[],
    import_collectd_options[], inbox_list_options[], inbox_reprocess_options[],
    log_history_options[], log_list_options[], report_build_options[],
    report_list_options[], report_send_options[], suppression_add_options[],
    tail_options[], tally_list_options[], token_add_options[],
    user_add_options[];

#endif
