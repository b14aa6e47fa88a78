/* example.c -- report a session that failed: cc example.c -ltlsrpt */
#include <stdio.h>
#include <string.h>
#include <tlsrpt.h>

static int
report_session(struct tlsrpt_connection_t *con)
{
	struct tlsrpt_dr_t *dr;
	int error = tlsrpt_init_delivery_request(&dr, con, "example.com",
	    "v=TLSRPTv1; rua=mailto:tlsrpt@example.com");

	if (error != 0)
		return error;
	/* The first error stays, and is what the last call returns. */
	(void)tlsrpt_init_policy(dr, TLSRPT_POLICY_STS, "example.com");
	(void)tlsrpt_add_policy_string(dr, "version: STSv1");
	(void)tlsrpt_add_policy_string(dr, "mode: enforce");
	(void)tlsrpt_add_policy_string(dr, "mx: *.example.com");
	(void)tlsrpt_add_policy_string(dr, "max_age: 604800");
	(void)tlsrpt_add_mx_host_pattern(dr, "*.example.com");
	(void)tlsrpt_add_delivery_request_failure(dr,
	    TLSRPT_CERTIFICATE_EXPIRED, "192.0.2.25", "mx1.example.com", NULL,
	    "198.51.100.25", NULL, NULL);
	(void)tlsrpt_finish_policy(dr, TLSRPT_FINAL_FAILURE);
	return tlsrpt_finish_delivery_request(&dr);
}

int
main(int argc, char **argv)
{
	struct tlsrpt_connection_t *con;
	int error = tlsrpt_open(&con,
	    argc > 1 ? argv[1] : "/run/tlsrptd/tlsrpt.sock");

	if (error == 0) {
		error = report_session(con);
		(void)tlsrpt_close(&con);
	}
	if (error != 0) /* say so, and deliver the mail all the same */
		fprintf(stderr, "%s: %s\n", tlsrpt_strerror(error),
		    tlsrpt_error_code_is_internal(error)
			? "internal"
			: strerror(tlsrpt_errno_from_error_code(error)));
	return error != 0;
}
