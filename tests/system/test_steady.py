"""test_steady.py -- hours of mail in short: round after round of sessions, and
the collector has as many descriptors and threads as before, and its memory has
not grown."""

import re
import unittest

from harness import SystemTest, failure, session, wait_until
from memory import anonymous_kib, descriptors, threads
from traffic import PADDING

ROUNDS = 30
ROUND = 3000  # sessions
WARM = 3  # rounds until everything has been used once
DOMAINS = 500
GROWTH_MAX_KIB = 4 * 1024


def mixed(n):
    """The n-th session: every other one failed."""
    domain = f"d{n % DOMAINS:03}.example"
    if n % 32 == 0:
        return session(domain, n=n, padding=PADDING)
    if n % 2 == 0:
        return session(domain)
    return failure(domain, f=f"reason {n // DOMAINS % 8}", h=f"EHLO {n % 64}")


class Steady(SystemTest):
    """Many flushes of many sessions."""

    def held(self):
        """Its descriptors and threads. Segments have other numbers with time,
        and for a moment there is one more."""
        paths = descriptors(self.collector)
        return ([re.sub(r"\d+", "N", path) for path in paths],
                threads(self.collector))

    def test_it_takes_no_more_with_time(self):
        service = self.service(collect__flush_interval="50ms",
                               collect__journal_keep="0s").start()
        self.collector = service.role_pid("collect")
        for number in range(1, ROUNDS + 1):
            first = (number - 1) * ROUND
            service.send(*(mixed(first + i) for i in range(ROUND)))
            service.wait_received(number * ROUND)
            if number == WARM:
                held = self.held()
                before_kib = anonymous_kib(self.collector)
        wait_until(lambda: self.held() == held, f"it holds {held} again")
        self.assertLess(anonymous_kib(self.collector),
                        before_kib + GROWTH_MAX_KIB)
        self.assertEqual(self.collector, service.role_pid("collect"))
        self.assertEqual(
            {"received": ROUNDS * ROUND, "sessions": ROUNDS * ROUND},
            service.counters())
        segments = list((service.data_dir / "journal").glob("*.journal"))
        self.assertNotIn("00000000000000000001.journal",
                         [segment.name for segment in segments])


if __name__ == "__main__":
    unittest.main()
