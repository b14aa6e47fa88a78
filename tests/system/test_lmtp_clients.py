"""test_lmtp_clients.py -- role intake takes mails from a real Postfix and from
swaks, in each manner that they have: each comes once, whole, as one mail."""

import json
import smtplib
import subprocess
import unittest

from harness import OK, TLSRPT, wait_until
from mail_hosts import Postfix
from ports import free_port
from test_inbox import EXAMPLE, OURS, mail
from test_receive import Receiving

SWAKS = "/usr/bin/swaks"
MAILS = 30
LARGE = 6 << 20  # bytes in front of a report
EVIL = b"MAIL FROM:<evil@x.example>\r\nRCPT TO:<tls@%s>\r\nDATA\r\n" \
    % OURS.encode()


def report(name):
    """With that id."""
    return json.dumps(dict(EXAMPLE, **{"report-id": name})).encode()


class LmtpClients(Receiving):
    """A service with a port for LMTP."""

    def setUp(self):
        self.lmtp_port = free_port()
        self.subject = self.service(**{
            "daemon__roles": "collect, intake",
            "intake__lmtp_listen": f"127.0.0.1:{self.lmtp_port}"}).start()
        self.assertEqual(OK, self.subject.cli("domain", "add", OURS)[0])
        self.mail_file = self.folder() / "mail"

    def raw(self, row):
        """What came, as it came."""
        return subprocess.run(
            [TLSRPT, "-c", self.subject.config, "inbox", "raw",
             row["intake-id"]], check=True, capture_output=True,
            timeout=60).stdout

    # -- Postfix --

    def test_postfix(self):
        postfix = Postfix(f"lmtp:inet:[127.0.0.1]:{self.lmtp_port}")
        self.addCleanup(postfix.close)
        for i in range(MAILS):
            with smtplib.SMTP("127.0.0.1", postfix.smtp_port) as smtp:
                smtp.sendmail("s@x.example", [f"tls+t{i}@{OURS}"],
                              mail(report(f"p-{i}")))
        rows = self.inbox(self.subject, MAILS)
        self.assertEqual({(f"p-{i}", f"t{i}") for i in range(MAILS)},
                         {(r["report-id"], r["route"]) for r in rows})
        wait_until(lambda: not postfix.queue(), "its queue is empty")
        self.assertEqual(MAILS, postfix.log_text().count("status=sent (250"))

    def test_postfix_keeps_what_is_put_off(self):
        """A service that is not there, and one that is."""
        self.assertEqual(OK, self.subject.stop())
        postfix = Postfix(f"lmtp:inet:[127.0.0.1]:{self.lmtp_port}")
        self.addCleanup(postfix.close)
        with smtplib.SMTP("127.0.0.1", postfix.smtp_port) as smtp:
            smtp.sendmail("s@x.example", [f"tls@{OURS}"],
                          mail(report("late")))
        postfix.wait_deferred(f"tls@{OURS}")
        self.subject.start()
        wait_until(lambda: subprocess.run(
            ["/usr/sbin/postqueue", "-c", str(postfix.folder), "-f"],
            check=True) and self.subject.cli_json("inbox", "list"), "it comes")
        self.assertEqual(["late"], [r["report-id"] for r in self.inbox(
            self.subject, 1)])

    # -- swaks --

    def swaks(self, message, *options):
        """Hand it over: swaks's exit code and what was said."""
        self.mail_file.write_bytes(message)
        done = subprocess.run(
            [SWAKS, "--protocol", "LMTP", "--server", "127.0.0.1", "--port",
             str(self.lmtp_port), "--from", "s@x.example", "--to",
             f"tls@{OURS}", "--data", f"@{self.mail_file}", "--timeout", "30",
             *options], capture_output=True, check=False, timeout=120)
        return done.returncode, done.stdout.decode(errors="replace")

    def test_swaks(self):
        manners = [[], ["--pipeline"], ["--helo", "client.example"],
                   ["--to", f"tls+a@{OURS},tls+b@{OURS}"],
                   ["--from", "<>", "--pipeline"]]
        for i, manner in enumerate(manners):
            code, said = self.swaks(mail(report(f"s-{i}")), *manner)
            self.assertEqual(OK, code, said)
            for offer in ("PIPELINING", "8BITMIME", "SIZE ", "SMTPUTF8"):
                self.assertRegex(said, f"250[- ]{offer}")
        rows = self.inbox(self.subject, len(manners))
        self.assertEqual({f"s-{i}" for i in range(len(manners))},
                         {r["report-id"] for r in rows})

    def test_a_large_one(self):
        line = b"X-Note: " + b"\xc3\xbc" * 30 + b"\n"
        head, _, body = mail(report("large")).partition(b"\n\n")
        code, said = self.swaks(
            head + b"\n\n" + line * (LARGE // len(line)) + body,
            "--pipeline")
        self.assertEqual(OK, code, said[-500:])
        self.assertEqual("large",
                         self.inbox(self.subject, 1)[0]["report-id"])

    def test_smuggling(self):
        """Whatever stands around a dot, it is one mail and not two."""
        ends = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n",
                b"\r\n.\r"]
        for i, end in enumerate(ends):
            text = mail(report(f"x-{i}")).replace(b"\n", b"\r\n") + \
                b"x" + end + EVIL + mail(report("evil")) + b"\r\n.\r\n"
            code, said = self.swaks(text, "--no-data-fixup")
            self.assertEqual(OK, code, said[-500:])
        self.swaks(mail(report("last")))
        rows = self.inbox(self.subject, len(ends) + 1)
        self.assertEqual(
            {"last"} | {f"x-{i}" for i in range(len(ends))},
            {r["report-id"] for r in rows})
        # RFC 5321 s4.5.2: the dot that a line begins with is taken away.
        wanted = [end.replace(b"\r\n.", b"\r\n") + EVIL for end in ends]
        for row in rows:
            if row["report-id"] != "last":
                self.assertIn(wanted[int(row["report-id"][2:])],
                              self.raw(row))


if __name__ == "__main__":
    unittest.main()
