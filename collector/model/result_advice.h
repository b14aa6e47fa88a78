/* model/result_advice.h -- result types explained to whoever is reported to. */
#ifndef MODEL_RESULT_ADVICE_H
#define MODEL_RESULT_ADVICE_H

#include "model/result_type.h"

/* Sentences for a person. DOMAIN and MXHOST in them stand for names. */
struct result_advice {
	const char *meaning, *causes, *next;
	const char *section; /* of RFC 8460: "4.3.1" */
};

const struct result_advice *result_advice(enum result_type);

#endif
