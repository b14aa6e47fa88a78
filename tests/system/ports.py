"""ports.py -- ports of the loopback interface for servers of tests."""

import random
import socket

# Below those that the kernel hands out for connections and for port 0: between
# the choice here and the server's bind nobody else comes to have it.
FIRST, LAST = 10000, 32000


def free_port():
    """One that nobody has, of TCP and of UDP."""
    while True:
        port = random.SystemRandom().randint(FIRST, LAST)
        with socket.socket() as tcp, \
                socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
