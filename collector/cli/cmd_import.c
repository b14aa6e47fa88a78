/* cli/cmd_import.c -- import: reports of others out of files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/cli.h"
#include "intake/judge.h"

#define FILE_MAX ((size_t)64 << 20)
#define DEPTH_MAX 16 /* of folders */

struct import {
	struct cli *cli;
	struct clock clock;
	uint64_t failed; /* files that could not be read */
};

/* -- one file -- */

static enum err
read_all(int fd, struct buf *out, struct why *why)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		buf_add(out, (struct span){ bytes, (size_t)n });
	if (n < 0)
		return why_errno(why, "read");
	return out->err == E_RANGE
	    ? why_set(why, E_RANGE, "more than %zu bytes", FILE_MAX)
	    : out->err;
}

/* What a report begins with, be it packed or not; all else is a mail. */
static bool
is_mail(struct span body)
{
	static const struct span begins[] = { { "\x1f\x8b", 2 }, { "PK", 2 },
		{ "{", 1 }, { "\xef\xbb\xbf{", 4 } };
	struct span rest = span_trim(body);

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		struct span s = rest;

		if (span_take(&s, begins[i]))
			return false;
	}
	return true;
}

static enum err
take(struct import *m, const char *name, struct span body, struct why *why)
{
	struct store *store = m->cli->store;
	struct uuid id = uuid_new(clock_wall_ns(&m->clock));
	const struct receipt_facts facts = {
		.way = RECEIPT_FILE,
		.received_ns = clock_wall_ns(&m->clock),
		.peer = span_str(name),
		.is_mail = is_mail(body),
	};
	enum err e = store_begin(store, why);

	if (e != E_OK)
		return e;
	e = take_receipt(&(const struct take){ .store = store,
			     .id = &id,
			     .facts = &facts,
			     .body = body,
			     .judge = judge_unverified },
	    why);
	if (e == E_OK)
		return store_commit(store, why);
	store_rollback(store);
	return e;
}

/* -- files and folders -- */

static enum err import_path(struct import *m, const char *path, unsigned depth,
    struct why *why);

static enum err
import_entry(struct import *m, const char *folder, const char *name,
    unsigned depth, struct why *why)
{
	struct buf path = BUF_INIT(4096);
	enum err e;

	if (name[0] == '.')
		return E_OK;
	buf_addf(&path, "%s/%s", folder, name);
	e = path.err == E_OK
	    ? import_path(m, buf_str(&path), depth + 1, why)
	    : why_set(why, path.err, "%s: %s", folder, err_text(path.err));
	buf_free(&path);
	return e;
}

static enum err
import_folder(struct import *m, const char *path, unsigned depth,
    struct why *why)
{
	DIR *folder = depth < DEPTH_MAX ? opendir(path) : NULL;
	struct dirent *entry;
	enum err e = E_OK;

	if (folder == NULL)
		return depth < DEPTH_MAX
		    ? why_errno(why, "%s", path)
		    : why_set(why, E_RANGE, "%s: folders too deep", path);
	while (e == E_OK && (entry = readdir(folder)) != NULL)
		e = import_entry(m, path, entry->d_name, depth, why);
	(void)closedir(folder);
	return e;
}

/* One that cannot be read holds up no other; the store's trouble does. */
static enum err
import_file(struct import *m, int fd, const char *path, struct why *why)
{
	struct buf body = BUF_INIT(FILE_MAX);
	struct why own = { { 0 } }, told = { { 0 } };
	enum err e = read_all(fd, &body, &own);

	if (e == E_OK) {
		e = take(m, path, buf_span(&body), why);
	} else {
		m->failed++;
		(void)why_set(&told, e, "%s: %s", path,
		    own.text[0] == '\0' ? err_text(e) : own.text);
		(void)cli_fail(m->cli, e, &told);
		e = E_OK;
	}
	buf_free(&body);
	return e;
}

static enum err
import_path(struct import *m, const char *path, unsigned depth, struct why *why)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO)
					: open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	enum err e;

	if (fd == -1)
		return why_errno(why, "%s", path);
	if (fstat(fd, &st) != 0)
		e = why_errno(why, "%s", path);
	else if (S_ISDIR(st.st_mode))
		e = import_folder(m, path, depth, why);
	else
		e = import_file(m, fd, path, why);
	(void)close(fd);
	return e;
}

int
cmd_import(struct cli *cli)
{
	struct import m = { .cli = cli };
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e = E_OK;

	if (code != EX_OK)
		return code;
	m.clock = cli_clock(cli);
	for (size_t i = 0; e == E_OK && i < cli->noperands; i++)
		e = import_path(&m, cli->operands[i], 0, &why);
	if (e != E_OK)
		return cli_fail(cli, e, &why);
	return m.failed > 0 ? EX_DATAERR : EX_OK;
}
