#include "codec/zip.h"

#include <endian.h>

#include "codec/gzip.h"

/* Headers and their fields, by APPNOTE 6.3 of ZIP. */
#define LOCAL_SIZE 30
#define CENTRAL_SIZE 46
#define END_SIZE 22
#define LOCATOR64_SIZE 20
#define COMMENT_MAX 65535

#define LOCAL_MAGIC SPAN_LIT("PK\3\4")
#define CENTRAL_MAGIC SPAN_LIT("PK\1\2")
#define END_MAGIC SPAN_LIT("PK\5\6")
#define LOCATOR64_MAGIC SPAN_LIT("PK\6\7")

#define FLAG_SIZES_BEHIND 0x0008 /* sizes and CRC follow the data */
#define FLAGS_ENCRYPTED 0x2041
/* How hard it was deflated, sizes behind, a name in UTF-8. */
#define FLAGS_TAKEN 0x080e

#define METHOD_STORED 0
#define METHOD_DEFLATED 8

/* What both headers of an entry tell, and where the first of them is. */
struct entry {
	unsigned flags, method;
	uint32_t crc, packed_len, plain_len;
	struct span name;
	size_t header_len; /* with name and what else follows it */
	uint32_t at;	   /* central header only */
};

static unsigned
get16(struct span s, size_t at)
{
	uint16_t v;

	memcpy(&v, s.p + at, sizeof(v));
	return le16toh(v);
}

static uint32_t
get32(struct span s, size_t at)
{
	uint32_t v;

	memcpy(&v, s.p + at, sizeof(v));
	return le32toh(v);
}

static bool
begins(struct span s, struct span magic, size_t size)
{
	return s.len >= size && span_eq(span_head(s, magic.len), magic);
}

/* The record at the end, whose comment reaches to the last byte. */
static bool
find_end(struct span zip, size_t *ret)
{
	size_t at = zip.len < END_SIZE ? 0 : zip.len - END_SIZE;
	size_t stop = at < COMMENT_MAX ? 0 : at - COMMENT_MAX;

	if (zip.len < END_SIZE)
		return false;
	for (;; at--) {
		struct span s = span_skip(zip, at);

		if (begins(s, END_MAGIC, END_SIZE) &&
		    get16(s, 20) == s.len - END_SIZE) {
			*ret = at;
			return true;
		}
		if (at == stop)
			return false;
	}
}

static bool
has_zip64(struct span zip, size_t end_at)
{
	struct span end = span_skip(zip, end_at);

	return get16(end, 8) == UINT16_MAX || get16(end, 10) == UINT16_MAX ||
	    get32(end, 12) == UINT32_MAX || get32(end, 16) == UINT32_MAX ||
	    (end_at >= LOCATOR64_SIZE &&
		begins(span_skip(zip, end_at - LOCATOR64_SIZE), LOCATOR64_MAGIC,
		    LOCATOR64_SIZE));
}

/* The central directory, which has one entry. */
static enum err
find_directory(struct span zip, struct span *ret, struct why *why)
{
	struct span end;
	size_t at, start, len;

	if (!find_end(zip, &at))
		return why_set(why, E_SYNTAX, "zip: no end, or cut short");
	if (has_zip64(zip, at))
		return why_set(why, E_SYNTAX, "zip: zip64 is not taken");
	end = span_skip(zip, at);
	if (get16(end, 4) != 0 || get16(end, 6) != 0)
		return why_set(why, E_SYNTAX, "zip: of several volumes");
	if (get16(end, 8) != 1 || get16(end, 10) != 1)
		return why_set(why, E_SYNTAX,
		    "zip: %u entries, where one is expected", get16(end, 10));
	len = get32(end, 12);
	start = get32(end, 16);
	if (start > at || len > at - start)
		return why_set(why, E_SYNTAX, "zip: directory past the end");
	*ret = span_head(span_skip(zip, start), len);
	return E_OK;
}

static bool
read_central(struct span s, struct entry *ret)
{
	size_t rest;

	if (!begins(s, CENTRAL_MAGIC, CENTRAL_SIZE))
		return false;
	rest = (size_t)get16(s, 28) + get16(s, 30) + get16(s, 32);
	if (s.len != CENTRAL_SIZE + rest)
		return false;
	*ret = (struct entry){
		.flags = get16(s, 8),
		.method = get16(s, 10),
		.crc = get32(s, 16),
		.packed_len = get32(s, 20),
		.plain_len = get32(s, 24),
		.name = span_head(span_skip(s, CENTRAL_SIZE), get16(s, 28)),
		.header_len = s.len,
		.at = get32(s, 42),
	};
	return true;
}

static bool
read_local(struct span s, struct entry *ret)
{
	size_t rest;

	if (!begins(s, LOCAL_MAGIC, LOCAL_SIZE))
		return false;
	rest = (size_t)get16(s, 26) + get16(s, 28);
	if (s.len - LOCAL_SIZE < rest)
		return false;
	*ret = (struct entry){
		.flags = get16(s, 6),
		.method = get16(s, 8),
		.crc = get32(s, 14),
		.packed_len = get32(s, 18),
		.plain_len = get32(s, 22),
		.name = span_head(span_skip(s, LOCAL_SIZE), get16(s, 26)),
		.header_len = LOCAL_SIZE + rest,
	};
	return true;
}

static enum err
check_entry(const struct entry *e, struct why *why)
{
	if ((e->flags & FLAGS_ENCRYPTED) != 0)
		return why_set(why, E_SYNTAX, "zip: encrypted");
	if ((e->flags & ~(unsigned)FLAGS_TAKEN) != 0)
		return why_set(why, E_SYNTAX, "zip: flags %#x are not taken",
		    e->flags);
	if (e->method != METHOD_STORED && e->method != METHOD_DEFLATED)
		return why_set(why, E_SYNTAX, "zip: method %u is not taken",
		    e->method);
	if (e->packed_len == UINT32_MAX || e->plain_len == UINT32_MAX ||
	    e->at == UINT32_MAX)
		return why_set(why, E_SYNTAX, "zip: zip64 is not taken");
	return E_OK;
}

static bool
same_number(const struct entry *e, uint32_t local, uint32_t central)
{
	return local == central ||
	    (local == 0 && (e->flags & FLAG_SIZES_BEHIND) != 0);
}

static bool
same_entry(const struct entry *local, const struct entry *central)
{
	return local->flags == central->flags &&
	    local->method == central->method &&
	    span_eq(local->name, central->name) &&
	    same_number(central, local->crc, central->crc) &&
	    same_number(central, local->packed_len, central->packed_len) &&
	    same_number(central, local->plain_len, central->plain_len);
}

/* The entry's bytes as they are packed: between its header and the directory.
 */
static enum err
find_data(struct span before, const struct entry *central, struct span *ret,
    struct why *why)
{
	struct entry local;
	enum err e;

	/* The archive begins with it; otherwise two readers may see two. */
	if (central->at != 0 || !read_local(before, &local))
		return why_set(why, E_SYNTAX, "zip: no entry at the start");
	if ((e = check_entry(&local, why)) != E_OK)
		return e;
	if (!same_entry(&local, central))
		return why_set(why, E_SYNTAX,
		    "zip: the entry and the directory disagree");
	before = span_skip(before, local.header_len);
	if (before.len < central->packed_len)
		return why_set(why, E_SYNTAX, "zip: entry past the end");
	*ret = span_head(before, central->packed_len);
	return E_OK;
}

static enum err
expand_data(struct span data, const struct entry *entry, struct buf *out,
    struct why *why)
{
	size_t before = out->len;
	struct span plain;
	enum err e;

	if (entry->plain_len > out->max - out->len)
		return why_set(why, E_RANGE, "zip: past the ceiling");
	if (entry->method == METHOD_STORED) {
		/* That both sizes are one shows below. */
		buf_add(out, data);
		e = out->err;
	} else {
		e = gzip_expand_raw(data, entry->plain_len, out);
	}
	if (e != E_OK)
		return why_set(why, e, "zip: %s", err_text(e));
	plain = span_skip(buf_span(out), before);
	if (plain.len != entry->plain_len || gzip_crc(plain) != entry->crc)
		return why_set(why, E_SYNTAX, "zip: damaged");
	return E_OK;
}

enum err
zip_expand(struct span zip, struct buf *out, struct why *why)
{
	struct span directory = SPAN_NONE, data = SPAN_NONE;
	struct entry entry;
	enum err e = find_directory(zip, &directory, why);

	if (e != E_OK)
		return e;
	if (!read_central(directory, &entry))
		return why_set(why, E_SYNTAX, "zip: malformed directory");
	if ((e = check_entry(&entry, why)) != E_OK)
		return e;
	zip = span_head(zip, (size_t)(directory.p - zip.p));
	if ((e = find_data(zip, &entry, &data, why)) != E_OK)
		return e;
	return expand_data(data, &entry, out, why);
}
