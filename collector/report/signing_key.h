/* report/signing_key.h -- the keys of report.dkim_keys, from their files. */
#ifndef REPORT_SIGNING_KEY_H
#define REPORT_SIGNING_KEY_H

#include "codec/dkim_key.h"
#include "config/config.h"
#include "config/key_word.h"

#define SIGNING_KEYS_MAX 8

struct signing_key {
	struct span selector; /* of the configuration */
	struct dkim_key *key;
	struct buf record; /* dkim_key_record for reports; signing_keys_load
			    * alone sets it: to make it for each mail costs
			    * a quarter of signing that */
};

struct signing_keys {
	struct signing_key v[SIGNING_KEYS_MAX];
	size_t n;
};

/* The key of one word; free it with dkim_key_free. Errors of key_word_parse,
 * file_read and dkim_key_parse; why names the file. */
MUST_CHECK enum err signing_key_load(const char *word, struct signing_key *ret,
    struct why *why);

/* All of them, or none on failure. */
MUST_CHECK enum err signing_keys_load(const struct config *,
    struct signing_keys *ret, struct why *why);
void signing_keys_free(struct signing_keys *);

#endif
