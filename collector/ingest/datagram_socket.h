/* ingest/datagram_socket.h -- the Unix socket that MTAs write datagrams to: a
 * trust boundary, because who may write can name any domain and any rua. */
#ifndef INGEST_DATAGRAM_SOCKET_H
#define INGEST_DATAGRAM_SOCKET_H

#include "base/err.h"
#include "base/socket_file.h"

/* Bind a datagram socket at path. A socket that nobody listens on any more is
 * replaced; whoever binds must hold file_lock(path ".lock"). E_BUSY: somebody
 * listens on it; E_EXISTS: something else lies there. */
MUST_CHECK enum err datagram_socket_bind(const struct socket_file *,
    int *ret_fd, struct why *why);

/* Check and set up a descriptor that was bound by somebody else. E_USAGE: it is
 * no Unix datagram socket. */
MUST_CHECK enum err datagram_socket_adopt(int fd, struct why *why);

/* net.unix.max_dgram_qlen as it is now: so many datagrams and one more wait in
 * the socket's queue. -1: not known. */
int datagram_socket_queue_limit(void);

#endif
