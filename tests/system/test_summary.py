"""test_summary.py -- role deliver tells of each day when it is over."""

import unittest

from harness import DAY_S, DAY_START, wait_until
from sending import SendingTest

SUMMARY = "daily summary of deliveries"
BEFORE_S = 20  # the role is up by far before


class Summary(SendingTest):
    """The service's midnight is the machine's, moved."""

    def test_the_day_before_is_told(self):
        self.receiver.answers = {"/b.example": (410, {}, "")}
        service = self.sending()
        self.send(service, "a.example", "b.example")
        self.settled(service, {"a.example": "accepted",
                               "b.example": "given-up"})
        service.restart(DAY_START + 2 * DAY_S - BEFORE_S)
        # Not at the start, and not about a day that goes on.
        self.assertEqual([], service.log_lines(SUMMARY))
        line, = wait_until(lambda: service.log_lines(SUMMARY),
                           "the day is told", BEFORE_S + 30)
        for part in ("level=info", "role=deliver", 'day="2026-03-03"',
                     'done="1 accepted by https, 1 given-up by https"',
                     "attempts=2", "waiting=0", 'oldest_queued_at=""'):
            self.assertIn(part, line)


if __name__ == "__main__":
    unittest.main()
