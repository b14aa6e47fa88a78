"""test_format.py -- deliver.format: reports that are posted without gzip."""

import unittest

from harness import DAY_S, NOON
from sending import SendingTest


class Format(SendingTest):
    """For receivers that cannot unpack."""

    def test_json_is_what_the_report_in_the_folder_unpacks_to(self):
        self.receiver.answers = {"/a.example": (503, {}, "")}
        service = self.sending(deliver__format="json", deliver__ca_file="")
        self.send(service, "a.example")
        self.settled(service, {"a.example": "retrying"})
        self.receiver.answers = {}
        service.restart(NOON + DAY_S + 23 * 3600)
        self.settled(service, {"a.example": "accepted"})
        report, = service.reports()
        self.assertEqual(2, len(self.receiver.posts))
        for post in self.receiver.posts:
            self.assertEqual(report.json, post.body)
            self.assertEqual("application/tlsrpt+json",
                             post.headers["Content-Type"])


if __name__ == "__main__":
    unittest.main()
