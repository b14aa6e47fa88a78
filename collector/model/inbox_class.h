/* model/inbox_class.h -- what a report that was received is worth, and what is
 * counted of such. */
#ifndef MODEL_INBOX_CLASS_H
#define MODEL_INBOX_CLASS_H

#include "model/inbox_state.h"

/* The store keeps the numbers. A lesser class is worth more. */
enum inbox_class {
#define INBOX_CLASS(code, name, text, sentence) INBOX_CLASS_##name = code,
#include "model/inbox_classes.def"
#undef INBOX_CLASS
};
#define INBOX_CLASSES INBOX_CLASS_UNUSABLE /* they count from 1 */

enum inbox_event {
#define INBOX_EVENT(code, name, text, sentence) INBOX_EVENT_##name = code,
#include "model/inbox_events.def"
#undef INBOX_EVENT
};
#define INBOX_EVENTS INBOX_EVENT_REFUSED_STORE /* they count from 1 */

/* verdict: enum trust_verdict, or 0. */
enum inbox_class inbox_class_of(enum inbox_state, int64_t verdict);

/* E_ABSENT: no such class or event. */
MUST_CHECK enum err inbox_class_from_code(int64_t code, enum inbox_class *ret);
MUST_CHECK enum err inbox_event_from_code(int64_t code, enum inbox_event *ret);

const char *inbox_class_text(enum inbox_class);	    /* "authenticated" */
const char *inbox_class_sentence(enum inbox_class); /* for a person */
const char *inbox_event_text(enum inbox_event);	    /* "evicted" */
const char *inbox_event_sentence(enum inbox_event); /* for a person */

#endif
