#include "intake/imap_known.h"

#include <string.h>

struct imap_known_message *
imap_known_find(struct imap_known *k, uint32_t uid)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].uid == uid)
			return &k->v[i];
	return NULL;
}

static void
forget_at(struct imap_known *k, size_t i)
{
	k->n--;
	(void)memmove(&k->v[i], &k->v[i + 1], (k->n - i) * sizeof(k->v[0]));
}

void
imap_known_forget(struct imap_known *k, uint32_t uid)
{
	struct imap_known_message *m = imap_known_find(k, uid);

	if (m != NULL)
		forget_at(k, (size_t)(m - k->v));
}

static void
forget_one_failed(struct imap_known *k)
{
	size_t i = 0;

	while (i < k->n && k->v[i].as != IMAP_FAILED)
		i++;
	if (i < k->n)
		forget_at(k, i);
}

struct imap_known_message *
imap_known_note(struct imap_known *k, uint32_t uid, enum imap_known_as as)
{
	struct imap_known_message *m = imap_known_find(k, uid);

	if (m == NULL && k->n == IMAP_KNOWN_MAX)
		forget_one_failed(k);
	if (m == NULL && k->n == IMAP_KNOWN_MAX)
		return NULL;
	if (m == NULL) {
		m = &k->v[k->n++];
		*m = (struct imap_known_message){ .uid = uid };
	}
	m->as = as;
	m->tries++;
	return m;
}

bool
imap_known_has_room(const struct imap_known *k, size_t n)
{
	size_t firm = 0;

	for (size_t i = 0; i < k->n; i++)
		firm += k->v[i].as != IMAP_FAILED;
	return firm + n <= IMAP_KNOWN_MAX;
}

size_t
imap_known_list(const struct imap_known *k, enum imap_known_as as,
    uint32_t *uids, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < k->n && n < max; i++)
		if (k->v[i].as == as)
			uids[n++] = k->v[i].uid;
	return n;
}
