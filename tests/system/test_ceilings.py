"""test_ceilings.py -- a host gets no more attempts an hour than is set."""

import unittest

from harness import DAY_S, NOON, wait_until
from sending import SendingTest

ONE_PM = "2026-03-03T13:"  # the hour behind the one in which they are due


class Ceilings(SendingTest):
    """Three reports to a host that may be visited twice an hour."""

    def test_the_third_waits_for_the_next_hour(self):
        service = self.sending(deliver__host_hourly="2")
        self.send(service, "a.example", "b.example", "c.example")

        def late():
            found = self.deliveries(service).values()
            waiting = [d for d in found if d["state"] == "queued"]
            return waiting if len(found) == 3 and len(waiting) == 1 else None
        wait_until(lambda: len(self.receiver.posts) == 2, "two are sent")
        delivery, = wait_until(late, "one waits")
        wait_until(lambda: late()[0]["next-attempt-at"].startswith(ONE_PM),
                   "it waits for the next hour")
        self.assertEqual(0, delivery["attempts"])
        service.restart(NOON + DAY_S + 2 * 3600)
        self.settled(service, dict.fromkeys(
            ("a.example", "b.example", "c.example"), "accepted"))
        self.assertEqual(3, len(self.receiver.posts))


if __name__ == "__main__":
    unittest.main()
