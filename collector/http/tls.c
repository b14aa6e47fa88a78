#include "http/tls.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define CHAIN_MAX 16

struct http_tls_pair {
	atomic_uint refs;
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned n;
	gnutls_privkey_t key;
};

struct http_tls {
	pthread_mutex_t lock;
	struct http_tls_pair *current;
};

/* -- a pair -- */

static gnutls_datum_t
datum(struct span s)
{
	return (
	    gnutls_datum_t){ (unsigned char *)(uintptr_t)s.p, (unsigned)s.len };
}

void
http_tls_give_back(struct http_tls_pair *p)
{
	if (p == NULL || atomic_fetch_sub(&p->refs, 1) > 1)
		return;
	for (unsigned i = 0; i < p->n; i++)
		gnutls_pcert_deinit(&p->chain[i]);
	if (p->key != NULL)
		gnutls_privkey_deinit(p->key);
	free(p);
}

static bool
is_of(gnutls_privkey_t key, gnutls_pubkey_t certified)
{
	unsigned char a[64], b[64];
	size_t na = sizeof(a), nb = sizeof(b);
	gnutls_pubkey_t own;
	bool same;

	if (gnutls_pubkey_init(&own) != 0)
		return false;
	same = gnutls_pubkey_import_privkey(own, key, 0, 0) == 0 &&
	    gnutls_pubkey_get_key_id(own, GNUTLS_KEYID_USE_SHA256, a, &na) ==
		0 &&
	    gnutls_pubkey_get_key_id(certified, GNUTLS_KEYID_USE_SHA256, b,
		&nb) == 0 &&
	    na == nb && memcmp(a, b, na) == 0;
	gnutls_pubkey_deinit(own);
	return same;
}

static enum err
read_pair(struct http_tls_pair *p, struct span certificate, struct span key,
    struct why *why)
{
	gnutls_datum_t c = datum(certificate), k = datum(key);
	unsigned n = CHAIN_MAX;
	int code;

	code = gnutls_pcert_list_import_x509_raw(p->chain, &n, &c,
	    GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);
	if (code < 0)
		return why_set(why, E_USAGE, "the certificate: %s",
		    gnutls_strerror(code));
	p->n = n;
	if (gnutls_privkey_init(&p->key) != 0)
		return why_set(why, E_NOMEM, "out of memory");
	code = gnutls_privkey_import_x509_raw(p->key, &k, GNUTLS_X509_FMT_PEM,
	    NULL, 0);
	if (code < 0)
		return why_set(why, E_USAGE, "the certificate's key: %s",
		    gnutls_strerror(code));
	if (p->n == 0 || !is_of(p->key, p->chain[0].pubkey))
		return why_set(why, E_USAGE,
		    "the key is not that of the first certificate");
	return E_OK;
}

static enum err
make_pair(struct span certificate, struct span key, struct http_tls_pair **ret,
    struct why *why)
{
	struct http_tls_pair *p = calloc(1, sizeof(*p));
	enum err e;

	if (p == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	atomic_init(&p->refs, 1);
	if ((e = read_pair(p, certificate, key, why)) != E_OK)
		http_tls_give_back(p);
	else
		*ret = p;
	return e;
}

/* -- the one that is shown -- */

enum err
http_tls_open(struct span certificate, struct span key, struct http_tls **ret,
    struct why *why)
{
	struct http_tls *t = calloc(1, sizeof(*t));
	enum err e;

	if (t == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	if ((e = make_pair(certificate, key, &t->current, why)) != E_OK) {
		free(t);
		return e;
	}
	(void)pthread_mutex_init(&t->lock, NULL);
	*ret = t;
	return E_OK;
}

void
http_tls_close(struct http_tls *t)
{
	if (t == NULL)
		return;
	http_tls_give_back(t->current);
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

enum err
http_tls_replace(struct http_tls *t, struct span certificate, struct span key,
    struct why *why)
{
	struct http_tls_pair *fresh, *old;
	enum err e;

	if ((e = make_pair(certificate, key, &fresh, why)) != E_OK)
		return e;
	(void)pthread_mutex_lock(&t->lock);
	old = t->current;
	t->current = fresh;
	(void)pthread_mutex_unlock(&t->lock);
	http_tls_give_back(old);
	return E_OK;
}

struct http_tls_pair *
http_tls_take(struct http_tls *t)
{
	struct http_tls_pair *p;

	(void)pthread_mutex_lock(&t->lock);
	p = t->current;
	atomic_fetch_add(&p->refs, 1);
	(void)pthread_mutex_unlock(&t->lock);
	return p;
}

void
http_tls_show(struct http_tls_pair *p, gnutls_pcert_st **ret, unsigned *ret_n,
    gnutls_privkey_t *ret_key)
{
	*ret = p->chain;
	*ret_n = p->n;
	*ret_key = p->key;
}
