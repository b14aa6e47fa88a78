"""test_kills.py -- killed at 300 moments, chosen at random: what was received is
what was sent, by number, for each domain."""

import random
import time
import unittest
from collections import Counter

from harness import DAY_S, failure
from traffic import PADDING, Traffic, details

SEED = 300
KILLS = 300
LIFE_S = 0.5  # longest: a start takes a good part of it
DOMAINS = 200
PAD_EVERY = 5  # so that segments roll over every second or two


def domain_of(n):
    """The domain of the n-th session."""
    return f"d{n % DOMAINS:03}.example"


def numbered(n):
    """The n-th session: a failure that carries its number."""
    return failure(domain_of(n), f=f"n={n}",
                   h="" if n % PAD_EVERY else PADDING)


class Kills(Traffic):
    """Of all processes at once."""

    def test_what_was_sent_is_counted(self):
        chance = random.Random(SEED)
        tomorrow = (int(time.time()) // DAY_S + 1) * DAY_S
        service = self.service_on_socket(
            now=tomorrow + DAY_S // 2, collect__flush_interval="50ms",
            collect__journal_keep="0s")
        traffic = self.sender(service, numbered, pause_s=0.01)
        for _ in range(KILLS):
            service.launch()
            time.sleep(chance.uniform(0, LIFE_S))
            service.kill()
        service.start()
        sent = traffic.stop()
        service.wait_received(sent)
        self.assertEqual(
            Counter((domain_of(n), f"n={n}") for n in range(sent)),
            details(service.tallies("today")))
        self.assertEqual({"received": sent, "sessions": sent},
                         {name: n for name, n in service.counters().items()
                          if name != "repaired-cut"})


if __name__ == "__main__":
    unittest.main()
