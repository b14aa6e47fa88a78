"""traffic.py -- numbered sessions, sent while the service comes and goes, and
what was counted of them.

The test owns the socket and hands it over as systemd does (LISTEN_FDS), so that
datagrams wait in it while the service is down.
"""

import socket
import threading
import time
from collections import Counter

from harness import PATIENCE_S, SystemTest, wait_until

PADDING = "x" * 40000  # makes the journal go through its segments
BURST = 8  # sessions between two pauses of the sender


class Sender(threading.Thread):
    """Sends numbered sessions until it is told to stop, each once."""

    def __init__(self, path, make, pause_s):
        super().__init__(daemon=True)
        self.make = make  # number to datagram
        self.pause_s = pause_s
        self.sent = 0
        self.enough = threading.Event()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.connect(str(path))

    def run(self):
        while not self.enough.is_set():
            self.socket.send(self.make(self.sent))  # waits for room
            self.sent += 1
            if self.sent % BURST == 0:
                time.sleep(self.pause_s)

    def stop(self, at_least=0):
        """End it: how many were sent, 0 to that less one."""
        wait_until(lambda: self.sent >= at_least, f"{at_least} are sent")
        self.enough.set()
        self.join(PATIENCE_S)
        if self.is_alive():
            raise AssertionError("nobody takes what is sent")
        self.socket.close()
        return self.sent


def details(tallies):
    """(domain, reason) to sessions."""
    counts = Counter()
    for tally in tallies:
        for policy in tally["policies"]:
            for detail in policy.get("failure-details", []):
                counts[tally["domain"], detail["failure-reason-code"]] += \
                    detail["failed-session-count"]
    return counts


def totals(items):
    """Domain to [successes, failures] out of [(domain, policies)]."""
    counts = {}
    for domain, policies in items:
        sums = counts.setdefault(domain, [0, 0])
        for policy in policies:
            summary = policy["summary"]
            sums[0] += summary["total-successful-session-count"]
            sums[1] += summary["total-failure-session-count"]
    return counts


def tally_totals(tallies):
    """The same out of `tally list`."""
    return totals((t["domain"], t["policies"]) for t in tallies)


class Traffic(SystemTest):
    """Tests that keep the socket while the service is down."""

    def service_on_socket(self, **options):
        """A service that gets its socket from us."""
        own = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(own.close)
        service = self.service(socket_fd=own.fileno(), **options)
        own.bind(str(service.socket))
        return service

    def sender(self, service, make, pause_s=0.002):
        """A sender that has begun."""
        sender = Sender(service.socket, make, pause_s)
        self.addCleanup(sender.enough.set)
        sender.start()
        return sender
