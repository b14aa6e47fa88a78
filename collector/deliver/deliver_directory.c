#include "deliver/deliver_directory.h"

#include <limits.h>

#include "base/file.h"

/* NAME_MAX bytes of the name: as much of its front as there is room for, and
 * its end from the last "!" on. */
static void
shorten(struct span name, char ret[NAME_MAX + 1])
{
	struct span end = name;
	size_t front;

	while (span_has(end, '!'))
		(void)span_until(&end, '!');
	front = NAME_MAX - end.len - 1;
	memcpy(ret, name.p, front);
	ret[front] = '!';
	memcpy(ret + front + 1, end.p, end.len);
	ret[NAME_MAX] = '\0';
}

enum err
deliver_directory(int dir_fd, struct span name, struct span body,
    struct why *why)
{
	char file[NAME_MAX + 1];

	if (name.len > NAME_MAX) {
		shorten(name, file);
	} else {
		memcpy(file, name.p, name.len);
		file[name.len] = '\0';
	}
	if (file[0] == '.' || span_has(span_str(file), '/'))
		return why_set(why, E_SYNTAX, "not a file name: %s", file);
	return file_write_durably(dir_fd, file, body, 0640, why);
}
