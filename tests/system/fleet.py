"""fleet.py -- several collectors at one store, a load, and the true counts."""

import collections
import random
import socket
import threading

from harness import session, wait_until

DOMAINS = tuple(f"d{n}.example" for n in range(7))
PAUSE_S = 0.005
MOST = 5
TIMEOUT_S = 0.02


class Fleet:
    """Services to which a thread sends until it is told to stop; what it sent
    is known. Their sockets are the test's: a queue outlives a kill."""

    def __init__(self, services, seed=1, most=MOST, domains=DOMAINS):
        self.services = services
        self.most = most  # sessions at a time
        self.domains = domains
        self.random = random.Random(seed)
        self.sent = collections.Counter()
        self.lock = threading.Lock()
        self.ends = threading.Event()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(TIMEOUT_S)
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        """A few at a time, to all of them in turn."""
        n = 0
        while not self.ends.wait(PAUSE_S):
            self.send_to(n % len(self.services), self.random.randrange(1, self.most))
            n += 1

    def send_to(self, i, n):
        """What the socket did not take is left out, as by a mail server; what
        it took is counted."""
        for _ in range(n):
            domain = self.random.choice(self.domains)
            try:
                self.socket.sendto(session(domain),
                                   str(self.services[i].socket))
            except OSError:
                return  # its queue is full, or nobody reads it
            with self.lock:
                self.sent[domain] += 1

    def start(self):
        """Services first."""
        for service in self.services:
            service.start()
        self.thread.start()
        return self

    def total(self):
        """Sent so far."""
        with self.lock:
            return sum(self.sent.values())

    def wait_for_more(self, n):
        """Until so many more have been sent."""
        until = self.total() + n
        wait_until(lambda: self.total() >= until, f"{n} more are sent")

    def stop(self):
        """No more is sent."""
        self.ends.set()
        if self.thread.ident is not None:
            self.thread.join()
        self.socket.close()


def counted(server):
    """Successful sessions in the store by domain."""
    rows = (row.split("|") for row in server.sql(
        "SELECT domain, sum(succeeded) FROM tally_policy GROUP BY domain"))
    return {domain: int(n) for domain, n in rows}


def received(server):
    """What all collectors have counted as received."""
    return int(server.sql("SELECT coalesce(sum(n), 0) FROM collector_count "
                          "WHERE counter = 'received'")[0])
