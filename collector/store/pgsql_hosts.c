#include "store/pgsql_hosts.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/num.h"

/* What the URL says, each a list with commas. */
struct lists {
	struct span names, addresses, ports;
};

static size_t
count(struct span list)
{
	size_t n = list.len > 0;

	for (size_t i = 0; i < list.len; i++)
		n += list.p[i] == ',';
	return n;
}

/* The i-th; of none an empty one, and one alone is everybody's. */
static struct span
element(struct span list, size_t i)
{
	if (count(list) <= 1)
		return list;
	while (i-- > 0)
		(void)span_until(&list, ',');
	return span_until(&list, ',');
}

static bool
copy(struct span from, char **ret)
{
	if (from.len > 0)
		*ret = strndup(from.p, from.len);
	return from.len == 0 || *ret != NULL;
}

static enum err
add(struct pgsql_hosts *hosts, struct span name, struct span address,
    struct span port)
{
	struct pgsql_host *h = &hosts->v[hosts->n];

	if (hosts->n == PGSQL_HOSTS_MAX)
		return E_OK;
	hosts->n++;
	return copy(name, &h->name) && copy(address, &h->address) &&
		copy(port, &h->port)
	    ? E_OK
	    : E_NOMEM;
}

/* libpq would go to the next address by itself only after an error, not after a
 * silence that we end. */
static enum err
add_addresses(struct pgsql_hosts *hosts, struct span name, struct span port)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	char host[NI_MAXHOST], address[NI_MAXHOST];
	struct addrinfo *found = NULL;
	enum err e = E_OK;

	if (name.len >= sizeof(host))
		return add(hosts, name, SPAN_NONE, port);
	memcpy(host, name.p, name.len);
	host[name.len] = '\0';
	if (getaddrinfo(host, NULL, &hints, &found) != 0)
		return add(hosts, name, SPAN_NONE, port); /* libpq says why */
	for (struct addrinfo *a = found; a != NULL && e == E_OK; a = a->ai_next)
		if (getnameinfo(a->ai_addr, a->ai_addrlen, address,
			sizeof(address), NULL, 0, NI_NUMERICHOST) == 0)
			e = add(hosts, name, span_str(address), port);
	freeaddrinfo(found);
	return e;
}

static enum err
add_host(struct pgsql_hosts *hosts, struct span name, struct span address,
    struct span port)
{
	bool is_socket = name.len > 0 && (name.p[0] == '/' || name.p[0] == '@');

	if (address.len > 0 || name.len == 0 || is_socket)
		return add(hosts, name, address, port);
	return add_addresses(hosts, name, port);
}

/* Lists that do not fit each other, or with a gap, are libpq's to judge. */
static bool
are_parallel(const struct lists *l, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (element(l->names, i).len == 0 &&
		    element(l->addresses, i).len == 0)
			return false;
	return (count(l->names) == n || count(l->names) == 0) &&
	    (count(l->addresses) == n || count(l->addresses) == 0) &&
	    (count(l->ports) == n || count(l->ports) <= 1);
}

static enum err
add_all(struct pgsql_hosts *hosts, const struct lists *l)
{
	size_t n = count(l->addresses);
	enum err e = E_OK;

	if (n == 0)
		n = count(l->names);
	if (!are_parallel(l, n))
		n = 0;
	for (size_t i = 0; i < n && e == E_OK; i++)
		e = add_host(hosts, element(l->names, i),
		    element(l->addresses, i), element(l->ports, i));
	if (hosts->n == 0 && e == E_OK)
		hosts->n = 1; /* all that libpq finds */
	return e;
}

static void
note(const PQconninfoOption *o, struct lists *lists, struct pgsql_hosts *hosts)
{
	struct span value = span_str(o->val == NULL ? "" : o->val);

	if (strcmp(o->keyword, "host") == 0)
		lists->names = value;
	else if (strcmp(o->keyword, "hostaddr") == 0)
		lists->addresses = value;
	else if (strcmp(o->keyword, "port") == 0)
		lists->ports = value;
	else if (strcmp(o->keyword, "connect_timeout") == 0)
		(void)!num_parse(value, 1, 86400, &hosts->connect_timeout_s);
}

enum err
pgsql_hosts_find(const char *url, struct pgsql_hosts *ret, struct why *why)
{
	char *message = NULL;
	PQconninfoOption *parsed = PQconninfoParse(url, &message);
	struct pgsql_hosts hosts = { .n = 0 };
	struct lists lists = { SPAN_NONE, SPAN_NONE, SPAN_NONE };
	enum err e;

	if (parsed == NULL) {
		e = pgsql_why(E_USAGE, "store url",
		    message == NULL ? "out of memory" : message, why);
		PQfreemem(message);
		return e;
	}
	for (PQconninfoOption *o = parsed; o->keyword != NULL; o++)
		note(o, &lists, &hosts);
	e = add_all(&hosts, &lists);
	PQconninfoFree(parsed);
	if (e != E_OK) {
		pgsql_hosts_free(&hosts);
		return why_set(why, e, "out of memory");
	}
	*ret = hosts;
	return E_OK;
}

void
pgsql_hosts_free(struct pgsql_hosts *hosts)
{
	for (size_t i = 0; i < hosts->n; i++) {
		free(hosts->v[i].name);
		free(hosts->v[i].address);
		free(hosts->v[i].port);
	}
	hosts->n = 0;
}
