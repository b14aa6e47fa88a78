/* support/names.h -- a resolver of a few names in front of libc's: good.test is
 * 127.0.0.1, both.test 169.254.169.254 and 127.0.0.1, inside.test 10.0.0.1,
 * hang.test has no answer yet; there are no others. */
#ifndef TESTS_SUPPORT_NAMES_H
#define TESTS_SUPPORT_NAMES_H

/* From now on hang.test has the answer that there is no such name. */
void release_names(void);

#endif
