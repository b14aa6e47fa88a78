"""test_receive.py -- reports of others come in over sockets: what was
acknowledged is in the inbox, whatever is killed."""

import json
import smtplib
import unittest

from harness import NOON, OK, SystemTest, wait_until
from test_inbox import EXAMPLE, OURS, mail

ROLES = "collect, report, deliver, intake"


class Receive(SystemTest):
    """A service that takes mails from the mail server of its machine."""

    def receiving(self, **options):
        wanted = {"daemon__roles": ROLES, "intake__lmtp_listen": ""}
        wanted.update(options)
        service = self.service(**wanted)
        service.options["intake.lmtp_listen"] = str(service.folder / "lmtp")
        service.write_config()
        service.start()
        wait_until((service.folder / "lmtp").exists, "role intake listens")
        self.assertEqual((OK, "", ""), service.cli("domain", "add", OURS))
        return service

    def give(self, service, report, recipient=f"tls@{OURS}"):
        """Over LMTP: what the server says to it."""
        with smtplib.LMTP(str(service.folder / "lmtp")) as lmtp:
            return lmtp.sendmail("", [recipient],
                                 mail(json.dumps(report).encode()))

    def inbox(self, service, n):
        """Once there are n."""
        def found():
            rows = service.cli_json("inbox", "list")
            return rows if len(rows) >= n else None
        rows = wait_until(found, f"{n} reports are in the inbox")
        self.assertEqual(n, len(rows))
        return rows

    def test_a_mail_is_in_the_inbox(self):
        service = self.receiving()
        self.give(service, EXAMPLE, f"tls+token@{OURS}")
        row, = self.inbox(service, 1)
        self.assertEqual(
            ("lmtp", "token", "untrusted", "company-x.example", 5326, 303),
            tuple(row[k] for k in (
                "way", "route", "state", "submitter",
                "total-successful-session-count",
                "total-failure-session-count")))

    def test_what_was_acknowledged_survives_a_kill(self):
        service = self.receiving()
        n = 0
        for _ in range(3):
            with service.locked_store():
                for _ in range(20):
                    report = dict(EXAMPLE, **{"report-id": f"r-{n}"})
                    self.give(service, report)
                    n += 1
                service.kill()
            (service.folder / "lmtp").unlink()
            service.set_clock(NOON)
            service.start()
            wait_until((service.folder / "lmtp").exists, "it listens again")
        ids = [r["report-id"] for r in self.inbox(service, n)]
        self.assertEqual(sorted(f"r-{i}" for i in range(n)), sorted(ids))

    def test_what_is_no_report_is_taken_and_kept(self):
        service = self.receiving()
        with smtplib.LMTP(str(service.folder / "lmtp")) as lmtp:
            lmtp.sendmail("x@y.example", [f"tls@{OURS}"],
                          b"Subject: hello\r\n\r\nno report\r\n")
        row, = self.inbox(service, 1)
        self.assertEqual(("unreadable", "lmtp"), (row["state"], row["way"]))


if __name__ == "__main__":
    unittest.main()
