"""test_floods.py -- senders who mean harm: of ever new names and texts, and as
fast as they can. Totals stay true, memory stays bounded, and what the kernel
took from an honest sender counts."""

import socket
import threading
import time
import unittest

from harness import PATIENCE_S, SystemTest, failure, session, wait_until
from memory import anonymous_kib
from traffic import tally_totals

NAMES = 150000  # and half as many texts: more than a table holds
HELO = "250-" + "x" * 900
# Two tables of half of TABLE_BYTES (collector/daemon/pipeline.c), where the
# aggregation waits for the store, and as much as one of them for everything
# else: what is sorted for the store, hash tables, ceilings.
MEMORY_MAX_KIB = 3 * 128 * 1024
POLICY_DETAILS_MAX = 4096  # collector/model/limits.h
DETAILS = 3 * POLICY_DETAILS_MAX
FLOOD_S = 3
FLOODERS = 2
HONEST = 2000


def novel(n):
    """The n-th session: everything in it is new, and every other one failed."""
    domain = f"d{n}.example"
    if n % 2 == 0:
        return session(domain, n=n)
    return failure(domain, f=f"reason {n}", h=f"{HELO} {n}",
                   n=f"mx{n}.example")


class Watch(threading.Thread):
    """Looks at the memory of a process until it is told to stop."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.most_kib = 0
        self.enough = threading.Event()

    def run(self):
        while not self.enough.wait(0.05):
            self.most_kib = max(self.most_kib, anonymous_kib(self.pid))

    def stop(self):
        """The most that it was."""
        self.enough.set()
        self.join()
        return self.most_kib


class Cardinality(SystemTest):
    """Ever new names and texts."""

    def sums(self, service):
        """Successes and failures of the day."""
        day = service.day()
        return (day["total-successful-session-count"],
                day["total-failure-session-count"])

    def test_totals_are_true_and_memory_is_bounded(self):
        service = self.service().start()
        collector = service.role_pid("collect")
        watch = Watch(collector)
        self.addCleanup(watch.enough.set)
        watch.start()
        with service.locked_store():
            for n in range(NAMES):
                service.send(novel(n))
        wait_until(lambda: service.counters().get("received", 0) >= NAMES,
                   "all are in the store", 2 * PATIENCE_S)
        most_kib = watch.stop()
        self.assertEqual({"received": NAMES, "sessions": NAMES},
                         service.counters())
        self.assertEqual((NAMES // 2, NAMES // 2), self.sums(service))
        self.assertEqual(collector, service.role_pid("collect"))
        self.assertLess(most_kib, MEMORY_MAX_KIB)

    def test_past_a_ceiling_it_is_said(self):
        service = self.service().start()
        service.send(*(failure("a.example", f=f"reason {n}")
                       for n in range(DETAILS)))
        service.wait_received(DETAILS)
        self.assertEqual((0, DETAILS), self.sums(service))
        [tally] = service.tallies()
        [policy] = tally["policies"]
        details = policy["failure-details"]
        # So many under their own name, half as many without their EHLO, and
        # all others under none.
        self.assertEqual(
            DETAILS, sum(d["failed-session-count"] for d in details))
        self.assertLessEqual(len(details), 2 * POLICY_DETAILS_MAX)
        folded = service.counters()["folded-detail"]
        self.assertEqual(DETAILS - POLICY_DETAILS_MAX, folded)


class Flooder(threading.Thread):
    """Sends as fast as it can and never waits."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.datagram = session("flood.example")
        self.accepted = self.refused = 0
        self.enough = threading.Event()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.connect(str(path))

    def run(self):
        while not self.enough.is_set():
            try:
                self.socket.send(self.datagram)
                self.accepted += 1
            except BlockingIOError:
                self.refused += 1

    def stop(self):
        """How many the kernel took."""
        self.enough.set()
        self.join()
        self.socket.close()
        return self.accepted


class Speed(SystemTest):
    """More than the machine can take."""

    def test_what_the_kernel_took_is_counted(self):
        service = self.service().start()
        flooders = [Flooder(service.socket) for _ in range(FLOODERS)]
        for flooder in flooders:
            self.addCleanup(flooder.enough.set)
            flooder.start()
        until = time.monotonic() + FLOOD_S
        honest = 0
        while time.monotonic() < until or honest < HONEST:
            service.send(failure("honest.example", f="blocking"))
            honest += 1
        taken = sum(flooder.stop() for flooder in flooders)
        service.wait_received(taken + honest)
        self.assertEqual(
            {"flood.example": [taken, 0], "honest.example": [0, honest]},
            tally_totals(service.tallies()))
        self.assertEqual(
            {"received": taken + honest, "sessions": taken + honest},
            service.counters())
        self.assertGreater(sum(f.refused for f in flooders), 0)


if __name__ == "__main__":
    unittest.main()
