/* opendkim_verify RECORDS FILE...: whether libopendkim verifies each message's
 * signatures, for test_mail.py. RECORDS has lines of "NAME RECORD", so that no
 * DNS is asked. Prints "ed25519 yes" or "ed25519 no", as the library can verify
 * such, and for each signature "FILE SELECTOR pass" or "FILE SELECTOR ERROR";
 * "FILE - ERROR" for a message without one that can be tried. */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include <dkim.h>

#include "base/buf.h"
#include "base/file.h"

#define MESSAGE_MAX ((size_t)1 << 24)

static struct buf records = { .max = 65536 };

static void
read_file(const char *path, struct buf *out)
{
	struct why why = { { 0 } };

	if (file_read(path, out, &why) == E_OK)
		return;
	(void)fprintf(stderr, "%s\n", why.text);
	exit(EX_NOINPUT);
}

static DKIM_CBSTAT
find_key(DKIM *dkim, DKIM_SIGINFO *sig, u_char *ret, size_t size)
{
	struct span rest = buf_span(&records);
	struct buf name = BUF_INIT(1000);
	DKIM_CBSTAT found = DKIM_CBSTAT_NOTFOUND;

	(void)dkim;
	buf_addf(&name, "%s._domainkey.%s", dkim_sig_getselector(sig),
	    dkim_sig_getdomain(sig));
	while (rest.len > 0 && found == DKIM_CBSTAT_NOTFOUND) {
		struct span record = span_until(&rest, '\n');

		if (!span_eq(span_until(&record, ' '), buf_span(&name)) ||
		    record.len >= size)
			continue;
		memcpy(ret, record.p, record.len);
		ret[record.len] = '\0';
		found = DKIM_CBSTAT_CONTINUE;
	}
	buf_free(&name);
	return found;
}

static void
print_signatures(DKIM *dkim, const char *path)
{
	DKIM_SIGINFO **sigs = NULL;
	int n = 0;

	if (dkim_getsiglist(dkim, &sigs, &n) != DKIM_STAT_OK || n == 0)
		(void)printf("%s - %s\n", path, "no signature");
	for (int i = 0; i < n; i++) {
		(void)dkim_sig_process(dkim, sigs[i]);
		(void)printf("%s %s %s\n", path, dkim_sig_getselector(sigs[i]),
		    DKIM_SIG_CHECK(sigs[i])
			? "pass"
			: dkim_sig_geterrorstr(dkim_sig_geterror(sigs[i])));
	}
}

static void
verify(DKIM_LIB *lib, const char *path)
{
	struct buf message = BUF_INIT(MESSAGE_MAX);
	DKIM_STAT status;
	DKIM *dkim = dkim_verify(lib, (const unsigned char *)path, NULL,
	    &status);

	if (dkim == NULL)
		exit(EX_UNAVAILABLE);
	read_file(path, &message);
	status = dkim_chunk(dkim, (u_char *)message.p, message.len);
	if (status == DKIM_STAT_OK)
		status = dkim_chunk(dkim, NULL, 0);
	(void)dkim_eom(dkim, NULL);
	if (status == DKIM_STAT_OK)
		print_signatures(dkim, path);
	else
		(void)printf("%s - %s\n", path, dkim_getresultstr(status));
	(void)dkim_free(dkim);
	buf_free(&message);
}

int
main(int argc, char **argv)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);

	if (lib == NULL)
		return EX_UNAVAILABLE;
	if (argc < 2)
		return EX_USAGE;
	read_file(argv[1], &records);
	(void)dkim_set_key_lookup(lib, find_key);
	(void)printf("ed25519 %s\n",
	    dkim_libfeature(lib, DKIM_FEATURE_ED25519) ? "yes" : "no");
	for (int i = 2; i < argc; i++)
		verify(lib, argv[i]);
	dkim_close(lib);
	buf_free(&records);
	return EX_OK;
}
