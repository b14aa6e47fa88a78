"""test_loop.py -- no reports about reports (RFC 8460 section 3): a report mail is
a session, too."""

import unittest

from harness import OK, SystemTest


class Marked(SystemTest):
    """Sessions whose sender says that they carried a report."""

    def test_they_are_counted_apart(self):
        service = self.service().start()
        emit = ["emit", "--domain", "b.example",
                "--rua", "mailto:tls@b.example"]
        for arguments in (["--report"], ["--report", "--fail",
                                         "starttls-not-supported"], []):
            self.assertEqual((OK, "", ""), service.cli(*emit, *arguments))
        service.wait_received(3)
        self.assertEqual({"received": 3, "sessions": 1, "report-sessions": 2},
                         service.counters())
        [tally] = service.tallies()
        [policy] = tally["policies"]
        self.assertEqual({"total-successful-session-count": 1,
                          "total-failure-session-count": 0},
                         policy["summary"])


if __name__ == "__main__":
    unittest.main()
