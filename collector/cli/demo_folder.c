#include "cli/demo_folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/process.h"

static enum err
find(struct demo_folder *f, struct why *why)
{
	const char *wanted = getenv("DEMO_DIR");
	enum err e;

	f->temporary = wanted == NULL || wanted[0] == '\0';
	if (f->temporary) {
		(void)snprintf(f->path, sizeof(f->path),
		    "/tmp/tlsrpt-demo.XXXXXX");
		return mkdtemp(f->path) == NULL ? why_errno(why, "%s", f->path)
						: E_OK;
	}
	if ((e = file_make_folder(wanted, 0750, why)) != E_OK)
		return e;
	return realpath(wanted, f->path) == NULL ? why_errno(why, "%s", wanted)
						 : E_OK;
}

enum err
demo_folder_make(struct demo_folder *ret, struct why *why)
{
	struct demo_folder f = { .port = ret->port,
		.page_port = ret->page_port };
	char data[DEMO_PATH_SIZE];
	enum err e = find(&f, why);

	if (e != E_OK)
		return e;
	(void)snprintf(f.config, sizeof(f.config), "%s/tlsrptd.conf", f.path);
	(void)snprintf(f.yesterday, sizeof(f.yesterday), "%s/yesterday.conf",
	    f.path);
	(void)snprintf(f.log, sizeof(f.log), "%s/tlsrptd.log", f.path);
	(void)snprintf(data, sizeof(data), "%s/data", f.path);
	f.kept = access(f.config, F_OK) == 0;
	if (!f.kept && access(data, F_OK) == 0)
		return why_set(why, E_USAGE,
		    "%s holds a demo that was broken off; remove it, or name "
		    "another folder in DEMO_DIR",
		    f.path);
	*ret = f;
	return E_OK;
}

enum err
demo_folder_configure(const struct demo_folder *f, const char *path,
    int64_t offset_s, struct why *why)
{
	struct buf text = BUF_INIT(65536);
	int dir_fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e;

	if (dir_fd < 0)
		return why_errno(why, "%s", f->path);
	buf_addf(&text,
	    "# Made by `tlsrpt demo`.\n"
	    "[daemon]\n"
	    "data_dir = data\n"
	    "demo = yes\n"
	    "clock_offset = %llds\n\n"
	    "[collect]\n"
	    "socket = tlsrpt.sock\n"
	    "flush_interval = 200ms\n\n"
	    "[report]\n"
	    "organization = Example Sender\n"
	    "contact = tls-reports@sender.example\n\n"
	    "[deliver]\n"
	    "directory = %s/reports\n\n"
	    "[intake]\n"
	    "http_listen = 127.0.0.1:%lld\n"
	    "lmtp_listen = %s/lmtp.sock\n"
	    "# Made-up reporters have no keys in DNS: what the demo's mail "
	    "server says\n"
	    "# of their signatures counts.\n"
	    "authserv_id = " DEMO_MAIL_SERVER "\n\n"
	    "# Nor do made-up domains publish anything.\n"
	    "[watch]\n"
	    "every = 0s\n\n"
	    "[web]\n"
	    "listen = 127.0.0.1:%lld\n",
	    (long long)offset_s, f->path, (long long)f->port, f->path,
	    (long long)f->page_port);
	e = file_write_durably(dir_fd, path + strlen(f->path) + 1,
	    buf_span(&text), 0640, why);
	(void)close(dir_fd);
	buf_free(&text);
	return e;
}

void
demo_folder_reason(const struct demo_folder *f, off_t start,
    char ret[DEMO_REASON_SIZE])
{
	FILE *log = fopen(f->log, "re");
	char line[DEMO_REASON_SIZE];
	const char *what;

	ret[0] = '\0';
	if (log == NULL)
		return;
	(void)fseeko(log, start, SEEK_SET);
	while (fgets(line, sizeof(line), log) != NULL) {
		what = strstr(line, "what=");
		if (strstr(line, "level=") == NULL)
			what = line;
		else if (strstr(line, "level=error") == NULL)
			continue;
		(void)snprintf(ret, DEMO_REASON_SIZE, "%s",
		    what == NULL ? line : what);
	}
	ret[strcspn(ret, "\n")] = '\0';
	(void)fclose(log);
}

enum err
demo_folder_remove(const struct demo_folder *f)
{
	const char *const argv[] = { "/bin/rm", "-rf", "--", f->path, NULL };
	enum err e;
	int status = 0;
	pid_t pid;

	if ((e = process_start(argv, "/dev/null", &pid, NULL)) != E_OK)
		return e;
	while (process_runs(pid, &status))
		(void)usleep(1000);
	return status == 0 ? E_OK : E_IO;
}
