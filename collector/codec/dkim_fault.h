/* codec/dkim_fault.h -- why a DKIM signature does not pass. Pure. */
#ifndef CODEC_DKIM_FAULT_H
#define CODEC_DKIM_FAULT_H

/* DKIM_FAULT_NONE: it passes. */
enum dkim_fault {
#define DKIM_FAULT(name, result, text, sentence) DKIM_FAULT_##name,
#include "codec/dkim_faults.def"
#undef DKIM_FAULT
};

/* In the words of RFC 8601 s2.7.1. */
enum dkim_result {
	DKIM_PASS,
	DKIM_FAIL,
	DKIM_POLICY, /* right, but not to be relied on */
	DKIM_TEMPERROR,
	DKIM_PERMERROR,
};

enum dkim_result dkim_fault_result(enum dkim_fault);
const char *dkim_fault_text(enum dkim_fault);	  /* "key-absent" */
const char *dkim_fault_sentence(enum dkim_fault); /* for a person */

const char *dkim_result_text(enum dkim_result); /* "permerror" */

#endif
