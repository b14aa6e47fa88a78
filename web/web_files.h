/* web/web_files.h -- the page's files as they are served: compressed. */
#ifndef WEB_WEB_FILES_H
#define WEB_WEB_FILES_H

#include <stddef.h>

/* All bytes are gzip; there is no uncompressed form. Files below /assets/ have
 * a hash of their content in their name and never change; the others do. */
struct web_file {
	const char *path; /* "/index.html", which / stands for, too */
	const char *type; /* Content-Type */
	const char *etag; /* with its quotes */
	const unsigned char *gzip;
	size_t gzip_len;
};

/* Sorted by path; empty where the build is without the page. */
extern const struct web_file web_files[];
extern const size_t nweb_files;

#endif
