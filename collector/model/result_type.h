/* model/result_type.h -- what a session or policy failed with, s4.3. */
#ifndef MODEL_RESULT_TYPE_H
#define MODEL_RESULT_TYPE_H

#include "base/err.h"
#include "base/span.h"

/* Numbered as in datagrams; the store keeps the number. */
enum result_type {
#define RESULT_TYPE(code, name, text, section, sentence) RESULT_##name = code,
#include "tlsrpt_result_types.def"
#undef RESULT_TYPE
};

/* E_ABSENT: no such type. */
MUST_CHECK enum err result_type_from_code(long long code,
    enum result_type *ret);
MUST_CHECK enum err result_type_from_text(struct span, enum result_type *ret);

const char *result_type_text(enum result_type);	    /* "tlsa-invalid" */
const char *result_type_sentence(enum result_type); /* for a person */

/* Each type in the order of the table: from 0 until false. */
bool result_type_at(size_t i, enum result_type *ret);

#endif
