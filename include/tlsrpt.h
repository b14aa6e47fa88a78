/* tlsrpt.h -- tell the TLSRPT collector how a TLS session went (RFC 8460).
 *
 * Call-compatible with libtlsrpt 0.5: the same functions, numbers and error
 * codes, and the same datagrams. libtlsrpt(3) has the manual, docs/example.c an
 * example.
 *
 * No function blocks, aborts or prints. A NULL argument where none is allowed,
 * or a call out of order, is an error that is returned. Objects are used by one
 * thread at a time; different objects by as many as you like. */
#ifndef _TLSRPT_H
#define _TLSRPT_H

#include <stdint.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of libtlsrpt's interface that this one is compatible with. */
#define TLSRPT_VERSION_MAJOR 0
#define TLSRPT_VERSION_MINOR 5
#define TLSRPT_VERSION_PATCH 1
#define TLSRPT_VERSION_STRING "0.5.1"

#define TLSRPT_MAXDOMAINNAMELEN 256

typedef enum {
	TLSRPT_POLICY_TLSA = 1,
	TLSRPT_POLICY_STS = 2,
	TLSRPT_NO_POLICY_FOUND = 9
} tlsrpt_policy_type_t;

typedef enum {
	TLSRPT_FINAL_SUCCESS = 0,
	TLSRPT_FINAL_FAILURE = 1
} tlsrpt_final_result_t;

/* Result types of RFC 8460 section 4.3. */
typedef enum {
	TLSRPT_STARTTLS_NOT_SUPPORTED = 201,
	TLSRPT_CERTIFICATE_HOST_MISMATCH = 202,
	TLSRPT_CERTIFICATE_NOT_TRUSTED = 203,
	TLSRPT_CERTIFICATE_EXPIRED = 204,
	TLSRPT_VALIDATION_FAILURE = 205,

	TLSRPT_STS_POLICY_FETCH_ERROR = 301,
	TLSRPT_STS_POLICY_INVALID = 302,
	TLSRPT_STS_WEBPKI_INVALID = 303,
	TLSRPT_TLSA_INVALID = 304,
	TLSRPT_DNSSEC_INVALID = 305,
	TLSRPT_DANE_REQUIRED = 306,

	TLSRPT_UNFINISHED_POLICY = 901 /* of the library itself */
} tlsrpt_failure_t;

struct tlsrpt_connection_t;
struct tlsrpt_dr_t;

/* -- a socket and the collector's address -- */

/* socketname: path of the collector's datagram socket, at most 107 bytes. On an
 * error *pcon is NULL. */
int tlsrpt_open(struct tlsrpt_connection_t **pcon, const char *socketname);
/* Frees the connection and sets *pcon to NULL, whatever is returned. */
int tlsrpt_close(struct tlsrpt_connection_t **pcon);

/* -- a delivery request: one TLS session -- */

/* domainname: the TLSRPT policy domain; policyrecord: its TXT record. On an
 * error *pdr is NULL. */
int tlsrpt_init_delivery_request(struct tlsrpt_dr_t **pdr,
    struct tlsrpt_connection_t *con, const char *domainname,
    const char *policyrecord);
/* Free it without sending, and set *pdr to NULL. Returns the error that it had
 * before, or 0. */
int tlsrpt_cancel_delivery_request(struct tlsrpt_dr_t **pdr);
/* Send it unless one of the calls before has failed, whose error is returned
 * then; free it and set *pdr to NULL. */
int tlsrpt_finish_delivery_request(struct tlsrpt_dr_t **pdr);

/* -- a policy that the session was judged by: at least one, in turn -- */

/* policydomainname may be NULL. */
int tlsrpt_init_policy(struct tlsrpt_dr_t *dr, tlsrpt_policy_type_t policy_type,
    const char *policydomainname);
int tlsrpt_finish_policy(struct tlsrpt_dr_t *dr,
    tlsrpt_final_result_t final_result);

/* Between the two: in any order, any number of times. */
int tlsrpt_add_policy_string(struct tlsrpt_dr_t *dr, const char *policy_string);
int tlsrpt_add_mx_host_pattern(struct tlsrpt_dr_t *dr,
    const char *mx_host_pattern);
/* Each text may be NULL: not known. */
int tlsrpt_add_delivery_request_failure(struct tlsrpt_dr_t *dr,
    tlsrpt_failure_t failure_code, const char *sending_mta_ip,
    const char *receiving_mx_hostname, const char *receiving_mx_helo,
    const char *receiving_ip, const char *additional_information,
    const char *failure_reason_code);

/* -- errors: 0, or a block below plus errno, or one of the internal ones -- */

#define TLSRPT_ERR_SOCKET 11000
#define TLSRPT_ERR_CLOSE 12000
#define TLSRPT_ERR_SENDTO 13000
#define TLSRPT_ERR_OPEN_MEMSTREAM_INITDR 21000
#define TLSRPT_ERR_OPEN_MEMSTREAM_INITPOLICY 22000
#define TLSRPT_ERR_FCLOSE_FINISHPOLICY 28000
#define TLSRPT_ERR_FCLOSE_FINISHDR 29000
#define TLSRPT_ERR_FPRINTF_INITDR 31000
#define TLSRPT_ERR_FPRINTF_INITPOLICY 32000
#define TLSRPT_ERR_FPRINTF_ADDPOLICYSTRING 33000
#define TLSRPT_ERR_FPRINTF_ADDMXHOSTPATTERN 34000
#define TLSRPT_ERR_FPRINTF_FINISHPOLICY 35000
#define TLSRPT_ERR_FPRINTF_ADDFAILURE 36000
#define TLSRPT_ERR_FPRINTF_FINISHDR 37000
#define TLSRPT_ERR_MALLOC_OPENCON 41000
#define TLSRPT_ERR_MALLOC_OPENDR 42000

#define TLSRPT_ERR_TLSRPT 10000 /* the block of internal errors */
#define TLSRPT_ERR_TLSRPT_CANCELLED 10703
#define TLSRPT_ERR_TLSRPT_SOCKETNAMETOOLONG 10711
#define TLSRPT_ERR_TLSRPT_UNFINISHEDPOLICY 10712
#define TLSRPT_ERR_TLSRPT_NOCONNECTION 10713
#define TLSRPT_ERR_TLSRPT_MEMSTREAM_NOT_INITIALIZED 10721
#define TLSRPT_ERR_TLSRPT_MEMSTREAMPS_NOT_INITIALIZED 10722
#define TLSRPT_ERR_TLSRPT_MEMSTREAMMX_NOT_INITIALIZED 10723
#define TLSRPT_ERR_TLSRPT_MEMSTREAMFD_NOT_INITIALIZED 10724
#define TLSRPT_ERR_TLSRPT_NESTEDPOLICY 10731
#define TLSRPT_ERR_TLSRPT_NOPOLICIES 10732

int tlsrpt_errno_from_error_code(int errorcode);
int tlsrpt_error_code_is_internal(int errorcode); /* 1 or 0 */
/* A constant: what failed, and where. */
const char *tlsrpt_strerror(int errorcode);

/* -- development, and what a program may want to choose -- */

/* For all connections of the process: may a send wait for room in the
 * collector's queue? It may not, unless this is called. */
void tlsrpt_set_blocking(void);
void tlsrpt_set_nonblocking(void);
/* -1: con is NULL. */
int tlsrpt_get_socket(struct tlsrpt_connection_t *con);

/* Before anything is opened. NULL: the C library's. */
void tlsrpt_set_malloc_and_free(void *(*malloc_function)(size_t size),
    void (*free_function)(void *ptr));

const char *tlsrpt_version(void);
/* 1: a program made for this version may use the library; 0: it may not. */
int tlsrpt_version_check(int major, int minor, int patch);

/* -- added here: not in libtlsrpt 0.5 -- */

/* Datagrams of this process that no collector took: its queue was full, it was
 * not there, or they were too large. */
uint64_t tlsrpt_datagrams_lost(void);

/* The session carried a TLS report: the collector is not to count it (RFC 8460
 * section 3), or reports would be made about reports. At any time before the
 * request is finished. */
int tlsrpt_mark_report(struct tlsrpt_dr_t *dr);

#ifdef __cplusplus
}
#endif

#endif /* _TLSRPT_H */
