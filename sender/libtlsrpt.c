/* sender/libtlsrpt.c -- connections and delivery requests: order of calls,
 * first error sticks, one datagram at the end. */
#include "tlsrpt.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "datagram_write.h"
#include "sender_private.h"

void *(*tlsrpt_malloc)(size_t size) = malloc;
void (*tlsrpt_free)(void *ptr) = free;

struct tlsrpt_connection_t {
	struct sockaddr_un address;
	int fd;
};

struct tlsrpt_dr_t {
	struct tlsrpt_connection_t *con;
	int status; /* first error */
	int policies, failures;
	bool in_policy;
	bool carries_report;
	struct datagram datagram;
};

static atomic_int send_flags = MSG_DONTWAIT;
static atomic_uint_fast64_t lost;

void
tlsrpt_set_malloc_and_free(void *(*malloc_function)(size_t size),
    void (*free_function)(void *ptr))
{
	tlsrpt_malloc = malloc_function == NULL ? malloc : malloc_function;
	tlsrpt_free = free_function == NULL ? free : free_function;
}

void
tlsrpt_set_blocking(void)
{
	atomic_store(&send_flags, 0);
}

void
tlsrpt_set_nonblocking(void)
{
	atomic_store(&send_flags, MSG_DONTWAIT);
}

uint64_t
tlsrpt_datagrams_lost(void)
{
	return atomic_load(&lost);
}

const char *
tlsrpt_version(void)
{
	return TLSRPT_VERSION_STRING;
}

/* Within a major version what is newer knows all that is older. */
int
tlsrpt_version_check(int major, int minor, int patch)
{
	if (major != TLSRPT_VERSION_MAJOR || minor < 0 || patch < 0)
		return 0;
	if (minor != TLSRPT_VERSION_MINOR)
		return minor < TLSRPT_VERSION_MINOR;
	return patch <= TLSRPT_VERSION_PATCH;
}

/* -- connections -- */

int
tlsrpt_open(struct tlsrpt_connection_t **pcon, const char *socketname)
{
	struct tlsrpt_connection_t *con;
	size_t len;

	if (pcon == NULL)
		return TLSRPT_ERR_TLSRPT_NOCONNECTION;
	*pcon = NULL;
	if (socketname == NULL)
		return TLSRPT_ERR_SOCKET + EINVAL;
	len = strlen(socketname);
	if (len > sizeof(con->address.sun_path) - 1)
		return TLSRPT_ERR_TLSRPT_SOCKETNAMETOOLONG;
	if ((con = tlsrpt_malloc(sizeof(*con))) == NULL)
		return TLSRPT_ERR_MALLOC_OPENCON + ENOMEM;
	memset(con, 0, sizeof(*con));
	con->address.sun_family = AF_UNIX;
	memcpy(con->address.sun_path, socketname, len);
	con->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (con->fd < 0) {
		int error = errno;

		tlsrpt_free(con);
		return TLSRPT_ERR_SOCKET + error;
	}
	*pcon = con;
	return 0;
}

int
tlsrpt_close(struct tlsrpt_connection_t **pcon)
{
	int result = 0;

	if (pcon == NULL || *pcon == NULL)
		return TLSRPT_ERR_TLSRPT_NOCONNECTION;
	if (close((*pcon)->fd) != 0)
		result = TLSRPT_ERR_CLOSE + errno;
	tlsrpt_free(*pcon);
	*pcon = NULL;
	return result;
}

int
tlsrpt_get_socket(struct tlsrpt_connection_t *con)
{
	return con == NULL ? -1 : con->fd;
}

/* -- delivery requests -- */

/* The first error of a request stays and is what the last call returns. */
static int
fail(struct tlsrpt_dr_t *dr, int code)
{
	if (dr->status == 0)
		dr->status = code;
	return code;
}

/* The outcome of writing: block says which function it was in. */
static int
wrote(struct tlsrpt_dr_t *dr, int block)
{
	/* Too much for any socket is what sending it would have said. */
	if (dr->datagram.error == EMSGSIZE)
		return fail(dr, TLSRPT_ERR_SENDTO + EMSGSIZE);
	if (dr->datagram.error != 0)
		return fail(dr, block + dr->datagram.error);
	return 0;
}

static void
free_request(struct tlsrpt_dr_t **pdr)
{
	datagram_free(&(*pdr)->datagram);
	tlsrpt_free(*pdr);
	*pdr = NULL;
}

int
tlsrpt_init_delivery_request(struct tlsrpt_dr_t **pdr,
    struct tlsrpt_connection_t *con, const char *domainname,
    const char *policyrecord)
{
	struct tlsrpt_dr_t *dr;
	int result;

	if (pdr == NULL)
		return TLSRPT_ERR_FPRINTF_INITDR + EINVAL;
	*pdr = NULL;
	if (con == NULL)
		return TLSRPT_ERR_TLSRPT_NOCONNECTION;
	if (domainname == NULL || policyrecord == NULL)
		return TLSRPT_ERR_FPRINTF_INITDR + EINVAL;
	if ((dr = tlsrpt_malloc(sizeof(*dr))) == NULL)
		return TLSRPT_ERR_MALLOC_OPENDR + ENOMEM;
	dr->con = con;
	dr->status = dr->policies = dr->failures = 0;
	dr->in_policy = dr->carries_report = false;
	datagram_begin(&dr->datagram);
	datagram_put_text(&dr->datagram, "{", "dpv", "1");
	datagram_put_text(&dr->datagram, ",", "d", domainname);
	datagram_put_text(&dr->datagram, ",", "pr", policyrecord);
	if ((result = wrote(dr, TLSRPT_ERR_FPRINTF_INITDR)) != 0)
		free_request(&dr);
	*pdr = dr;
	return result;
}

int
tlsrpt_cancel_delivery_request(struct tlsrpt_dr_t **pdr)
{
	int result;

	if (pdr == NULL || *pdr == NULL)
		return TLSRPT_ERR_FPRINTF_FINISHDR + EINVAL;
	result = (*pdr)->status;
	free_request(pdr);
	return result;
}

int
tlsrpt_mark_report(struct tlsrpt_dr_t *dr)
{
	if (dr == NULL)
		return TLSRPT_ERR_FPRINTF_INITDR + EINVAL;
	dr->carries_report = true;
	return dr->status;
}

static int
send_datagram(struct tlsrpt_dr_t *dr)
{
	const struct datagram *d = &dr->datagram;
	const struct sockaddr *to = (const struct sockaddr *)&dr->con->address;
	ssize_t n;

	do
		n = sendto(dr->con->fd, d->p, d->len,
		    atomic_load(&send_flags) | MSG_NOSIGNAL, to,
		    sizeof(dr->con->address));
	while (n < 0 && errno == EINTR);
	return n >= 0 ? 0 : TLSRPT_ERR_SENDTO + errno;
}

int
tlsrpt_finish_delivery_request(struct tlsrpt_dr_t **pdr)
{
	struct tlsrpt_dr_t *dr;
	int result;

	if (pdr == NULL || *pdr == NULL)
		return TLSRPT_ERR_FPRINTF_FINISHDR + EINVAL;
	dr = *pdr;
	if (dr->in_policy)
		(void)fail(dr, TLSRPT_ERR_TLSRPT_UNFINISHEDPOLICY);
	if (dr->policies == 0)
		(void)fail(dr, TLSRPT_ERR_TLSRPT_NOPOLICIES);
	datagram_put(&dr->datagram, "]");
	/* A key that libtlsrpt 0.5 does not have: collectors pass it over. */
	if (dr->carries_report)
		datagram_put(&dr->datagram, ",\"report\":1");
	datagram_put(&dr->datagram, "}");
	(void)wrote(dr, TLSRPT_ERR_FPRINTF_FINISHDR);
	if (dr->status == 0)
		dr->status = send_datagram(dr);
	result = dr->status;
	if (result - tlsrpt_errno_from_error_code(result) == TLSRPT_ERR_SENDTO)
		atomic_fetch_add(&lost, 1);
	free_request(pdr);
	return result;
}

/* -- policies -- */

#define put_optional(d, key, value)                            \
	do {                                                   \
		if ((value) != NULL)                           \
			datagram_put_text(d, ",", key, value); \
	} while (0)

int
tlsrpt_init_policy(struct tlsrpt_dr_t *dr, tlsrpt_policy_type_t policy_type,
    const char *policydomainname)
{
	struct datagram *d;

	if (dr == NULL)
		return TLSRPT_ERR_FPRINTF_INITPOLICY + EINVAL;
	if (dr->status != 0)
		return dr->status;
	if (dr->in_policy)
		return fail(dr, TLSRPT_ERR_TLSRPT_NESTEDPOLICY);
	d = &dr->datagram;
	if (dr->policies == 0)
		datagram_put(d, ",\"policies\":[{\"policy-type\":");
	else
		datagram_put(d, ",{\"policy-type\":");
	datagram_put_number(d, (int)policy_type);
	put_optional(d, "policy-domain", policydomainname);
	datagram_begin_sections(d);
	dr->policies++;
	dr->failures = 0;
	dr->in_policy = true;
	return wrote(dr, TLSRPT_ERR_FPRINTF_INITPOLICY);
}

int
tlsrpt_finish_policy(struct tlsrpt_dr_t *dr, tlsrpt_final_result_t final_result)
{
	if (dr == NULL)
		return TLSRPT_ERR_FPRINTF_FINISHPOLICY + EINVAL;
	if (!dr->in_policy)
		(void)fail(dr, TLSRPT_ERR_TLSRPT_MEMSTREAMPS_NOT_INITIALIZED);
	dr->in_policy = false;
	if (dr->status != 0)
		return dr->status;
	datagram_put(&dr->datagram, ",\"t\":");
	datagram_put_number(&dr->datagram, dr->failures);
	datagram_put(&dr->datagram, ",\"f\":");
	datagram_put_number(&dr->datagram, (int)final_result);
	datagram_put(&dr->datagram, "}");
	return wrote(dr, TLSRPT_ERR_FPRINTF_FINISHPOLICY);
}

/* Whether an item may be added now: 0, or the error. */
static int
may_add(struct tlsrpt_dr_t *dr, bool argument_given, int block, int outside)
{
	if (dr == NULL)
		return block + EINVAL;
	if (dr->status != 0)
		return dr->status;
	if (!dr->in_policy)
		return fail(dr, outside);
	if (!argument_given)
		return fail(dr, block + EINVAL);
	return 0;
}

static int
add_string(struct tlsrpt_dr_t *dr, enum section section, const char *text,
    int block)
{
	datagram_begin_item(&dr->datagram, section);
	datagram_put(&dr->datagram, "\"");
	datagram_put_escaped(&dr->datagram, text);
	datagram_put(&dr->datagram, "\"");
	datagram_end_item(&dr->datagram, section);
	return wrote(dr, block);
}

int
tlsrpt_add_policy_string(struct tlsrpt_dr_t *dr, const char *policy_string)
{
	int error = may_add(dr, policy_string != NULL,
	    TLSRPT_ERR_FPRINTF_ADDPOLICYSTRING,
	    TLSRPT_ERR_TLSRPT_MEMSTREAMPS_NOT_INITIALIZED);

	return error != 0 ? error
			  : add_string(dr, SECTION_POLICY_STRING, policy_string,
				TLSRPT_ERR_FPRINTF_ADDPOLICYSTRING);
}

int
tlsrpt_add_mx_host_pattern(struct tlsrpt_dr_t *dr, const char *mx_host_pattern)
{
	int error = may_add(dr, mx_host_pattern != NULL,
	    TLSRPT_ERR_FPRINTF_ADDMXHOSTPATTERN,
	    TLSRPT_ERR_TLSRPT_MEMSTREAMMX_NOT_INITIALIZED);

	return error != 0 ? error
			  : add_string(dr, SECTION_MX_HOST, mx_host_pattern,
				TLSRPT_ERR_FPRINTF_ADDMXHOSTPATTERN);
}

int
tlsrpt_add_delivery_request_failure(struct tlsrpt_dr_t *dr,
    tlsrpt_failure_t failure_code, const char *sending_mta_ip,
    const char *receiving_mx_hostname, const char *receiving_mx_helo,
    const char *receiving_ip, const char *additional_information,
    const char *failure_reason_code)
{
	int error = may_add(dr, true, TLSRPT_ERR_FPRINTF_ADDFAILURE,
	    TLSRPT_ERR_TLSRPT_MEMSTREAMFD_NOT_INITIALIZED);
	struct datagram *d;

	if (error != 0)
		return error;
	d = &dr->datagram;
	dr->failures++;
	datagram_begin_item(d, SECTION_FAILURE_DETAILS);
	datagram_put(d, "{\"c\":");
	datagram_put_number(d, (int)failure_code);
	put_optional(d, "s", sending_mta_ip);
	put_optional(d, "n", receiving_mx_hostname);
	put_optional(d, "h", receiving_mx_helo);
	put_optional(d, "r", receiving_ip);
	put_optional(d, "a", additional_information);
	put_optional(d, "f", failure_reason_code);
	datagram_put(d, "}");
	datagram_end_item(d, SECTION_FAILURE_DETAILS);
	return wrote(dr, TLSRPT_ERR_FPRINTF_ADDFAILURE);
}
