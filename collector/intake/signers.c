#include "intake/signers.h"

#include <stdlib.h>

#include "base/clock.h"

#define FAILED_S 3600 /* after the last one, all are forgotten */

struct signers {
	struct id_table table;
	size_t n;
	struct signer v[SIGNERS_MAX];
};

enum err
signers_open(struct signers **ret)
{
	struct signers *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return E_NOMEM;
	*ret = s;
	return E_OK;
}

void
signers_close(struct signers *s)
{
	if (s == NULL)
		return;
	id_table_free(&s->table);
	free(s);
}

static bool
is_known(const struct signer *g, int64_t now_s)
{
	return g->last_s >= now_s - SIGNER_KNOWN_S;
}

struct signer *
signers_find(const struct signers *s, const struct id *id, int64_t now_s)
{
	struct signer *g = id_table_find(&s->table, id);

	return g != NULL && is_known(g, now_s) ? g : NULL;
}

struct signer *
signers_claimed(const struct signers *s, const struct claims *c, int64_t now_s)
{
	struct signer *g = NULL;

	for (size_t i = 0; g == NULL && i < c->n; i++)
		g = signers_find(s, &c->v[i], now_s);
	return g;
}

/* Those that are known no more make place. */
static void
tidy(struct signers *s, int64_t now_s)
{
	size_t n = 0;

	id_table_clear(&s->table);
	for (size_t i = 0; i < s->n; i++) {
		if (!is_known(&s->v[i], now_s))
			continue;
		s->v[n] = s->v[i];
		if (id_table_add(&s->table, &s->v[n].id, &s->v[n]))
			n++;
	}
	s->n = n;
}

struct signer *
signers_learn(struct signers *s, const struct id *id, int64_t seen_s,
    int64_t now_s)
{
	struct signer *g = id_table_find(&s->table, id);

	if (g == NULL) {
		if (s->n == SIGNERS_MAX)
			tidy(s, now_s);
		if (s->n == SIGNERS_MAX)
			return NULL;
		g = &s->v[s->n];
		*g = (struct signer){ .id = *id };
		if (!id_table_add(&s->table, id, g))
			return NULL;
		s->n++;
	}
	if (seen_s > g->last_s)
		g->last_s = seen_s;
	return g;
}

unsigned
signer_failed(const struct signer *g, int64_t now_s)
{
	return now_s - g->failed_s < FAILED_S ? g->failed : 0;
}

void
signer_claim_held(struct signer *g)
{
	g->failed /= 2;
}

void
signer_claim_failed(struct signer *g, int64_t now_s)
{
	g->failed = signer_failed(g, now_s) + 1;
	g->failed_s = now_s;
}

uint64_t
signer_today(const struct signer *g, int64_t now_s)
{
	return g->day == day_of_s(now_s) ? g->today : 0;
}

void
signer_count(struct signer *g, int64_t now_s)
{
	g->today = signer_today(g, now_s) + 1;
	g->day = day_of_s(now_s);
}
