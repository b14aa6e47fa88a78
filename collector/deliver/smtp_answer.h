/* deliver/smtp_answer.h -- what a mail program or an SMTP server says about a
 * report, s5.3. Pure. */
#ifndef DELIVER_SMTP_ANSWER_H
#define DELIVER_SMTP_ANSWER_H

#include "deliver/verdict.h"

/* wait_status: what waitpid() gave of a sendmail program that has ended; exit
 * statuses are those of sysexits.h. Given up is what the program says about the
 * address or the message. The rest is about this machine, which its operator
 * can mend meanwhile: so a signal, 127 of a program that is not there, and
 * EX_UNAVAILABLE, which is said when the reason is not known. */
enum delivery_verdict smtp_answer_exit(int wait_status);

/* code: the last reply of a transaction, RFC 5321 s4.2.1: 2yz is accepted, 5yz
 * given up; all others are tried again, 0 for no reply too. */
enum delivery_verdict smtp_answer_reply(int code);

#endif
