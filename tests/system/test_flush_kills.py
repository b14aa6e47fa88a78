"""test_flush_kills.py -- the collector is killed at each step of a flush to
SQLite, which is what it writes to the file and its log: nothing is lost, nothing
is counted twice. For PostgreSQL: test_pgsql_cuts.py."""

import os
import unittest
from unittest import mock

from harness import OK, failure, session, wait_until
from traffic import Traffic, details, tally_totals

KILL_AT_WRITE = os.environ.get("KILL_AT_WRITE", "kill_at_write.so")
# It comes before the sanitizer's own library.
SANITIZER = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
STEPS = 8  # at least: a log's head, pages and their heads, a sync


class FlushKills(Traffic):
    """All processes at once; the socket's queue waits for the next start."""

    def setUp(self):
        self.subject = self.service_on_socket(
            daemon__roles="collect", daemon__confine="no")  # it kills others
        self.order = self.subject.folder / "kill-at"
        self.sent = 0
        self.start()

    def start(self):
        """Nothing is to be killed yet."""
        with mock.patch.dict(os.environ, {
                "LD_PRELOAD": KILL_AT_WRITE, "ASAN_OPTIONS": SANITIZER,
                "KILL_AT": str(self.order),
                "KILL_FILE": str(self.subject.database)}):
            self.subject.start()

    def send(self):
        """Sessions of three domains, one of which failed."""
        self.subject.send(session("a.example"), session("b.example"),
                          failure("c.example", f=f"n={self.sent}"))
        self.sent += 3

    def is_killed(self):
        """All of it."""
        return self.subject.process.poll() is not None

    def flush_until(self, n, how):
        """Whether it was killed before the n-th write."""
        new = self.order.with_name("new")
        new.write_text(f"{n} {how}")
        new.rename(self.order)
        self.send()
        wait_until(lambda: self.is_killed() or self.subject.counters().get(
            "received", 0) >= self.sent, "it is killed, or has flushed")
        self.order.unlink()
        if not self.is_killed():
            return False
        self.subject.reap()
        self.start()
        self.subject.wait_received(self.sent)
        return True

    def each_step(self, how):
        """Until a flush has no more of them."""
        n = 1
        while self.flush_until(n, how):
            n += 1
        self.assertGreater(n, STEPS)
        self.assertEqual(OK, self.subject.stop())
        each = self.sent // 3
        tallies = self.subject.tallies()
        self.assertEqual({"a.example": [each, 0], "b.example": [each, 0],
                          "c.example": [0, each]}, tally_totals(tallies))
        self.assertEqual({("c.example", f"n={i}"): 1
                          for i in range(0, self.sent, 3)}, details(tallies))
        self.assertEqual({"received": self.sent, "sessions": self.sent},
                         {name: n for name, n in self.subject.counters().items()
                          if name != "repaired-cut"})

    def test_before_each(self):
        self.each_step("before")

    def test_in_the_middle_of_each(self):
        self.each_step("half")


if __name__ == "__main__":
    unittest.main()
