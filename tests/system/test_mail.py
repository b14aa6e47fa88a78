"""test_mail.py -- report mails written by us are read with Python's email
package, and their signatures with python3-dkim and libopendkim. Run by Debian's
/usr/bin/python3."""

import datetime
import email
import email.header
import email.policy
import json
import os
import random
import re
import subprocess
import time
import unittest

import dkim

from harness import DAY, DAY_START, SUBMITTER
from test_dkim import KEYS, SIGN, DkimTest

WRITE = os.environ.get("MAIL_WRITE_FILES", "mail_write_files")
OPENDKIM = os.environ.get("OPENDKIM_VERIFY", "opendkim_verify")
MAILS = 300
SEED = 8460
LARGEST = 1 << 20
FIELDS = ["From", "To", "Subject", "Date", "Message-ID", "TLS-Report-Domain",
          "TLS-Report-Submitter", "TLS-Required", "Auto-Submitted",
          "MIME-Version", "Content-Type"]
TYPES = ["starttls-not-supported", "certificate-expired", "tlsa-invalid",
         "validation-failure", "of-tomorrow"]
# An organization of these is shown as it is, one with the odd ones is not.
LETTERS = ["a", "Z", "0", " ", ".", ",", '"', "(", ")", "<", ">", "@", ":",
           "=", "?", "_", "\u00fc", "\u20ac", "\U0001f512"]
ODD = ["\r", "\n", "\r\n", "\x01", "\t", "\x1b", "\x7f", "\x85", "\\", "\u202e",
       "\r\nBcc: x@b.example", "\r\n\r\n--=_tlsrpt_report--\r\n"]


class Mail:
    """What a mail is made of, as random as it can be."""

    def __init__(self, r, size):
        self.domain = self.random_domain(r)
        self.contact = r.choice(["tls", "a.b+c", "x" * 64]) + "@" + \
            r.choice([SUBMITTER, self.random_domain(r)])
        self.submitter = self.contact.split("@")[1]
        self.sender = r.choice(["noreply", "y" * 64]) + "@" + SUBMITTER
        self.recipient = r.choice(["tls", "{a}/b", "z" * 64]) + "@" + \
            self.domain
        self.id = r.choice(["", "", "", "x.", "x" * 20]) + \
            "".join(r.choices("abcdefghijklmnopqrstuvwxyz234567", k=32))
        self.message_id = f"{self.id}@{self.submitter}"
        if r.random() < 0.1:
            self.id = self.message_id
        self.is_tidy = r.random() < 0.7
        self.organization = self.random_organization(r)
        self.time = r.randrange(2 ** 32)
        self.type = r.choice(["gzip", "json"])
        self.file_name = (f"{self.submitter}!{self.domain}!{DAY_START}!"
                          f"{DAY_START + 86399}!{self.id}.json" +
                          (".gz" if self.type == "gzip" else ""))
        self.policies = [self.random_policy(r)
                         for _ in range(r.choice([0, 1, 1, 1, 2, 5, 100]))]
        self.body = r.randbytes(size)

    @staticmethod
    def random_domain(r):
        labels = ["".join(r.choices("abcxyz0189-_", k=r.choice([1, 7, 63])))
                  for _ in range(r.choice([1, 1, 1, 3]))]
        return "x" + ".".join(labels) + ".example"

    def random_organization(self, r):
        letters = LETTERS if self.is_tidy else LETTERS + ODD
        text = ""
        while r.random() > 0.03 and len(text.encode()) < 250:
            text += r.choice(letters)
        return " ".join(text.split()) if self.is_tidy else text

    def random_policy(self, r):
        failed = r.choice([0, 0, 1, 1000, 2 ** 40])
        return {
            "policy": {
                "policy-type": r.choice(["sts", "tlsa", "no-policy-found"]),
                "policy-domain": self.domain,
                "mx-host": ["mx." + self.domain] * r.choice([0, 1, 10])},
            "summary": {
                "total-successful-session-count": r.choice([0, 7, 2 ** 40]),
                "total-failure-session-count": failed},
            "failure-details": [
                {"result-type": r.choice(TYPES), "failed-session-count": 1}
                for _ in range(min(failed, r.choice([1, 2, 50])))]}

    def report(self):
        return json.dumps({
            "organization-name": self.organization,
            "date-range": {"start-datetime": DAY + "T00:00:00Z",
                           "end-datetime": DAY + "T23:59:59Z"},
            "contact-info": self.contact,
            "report-id": self.id,
            "policies": self.policies})

    def sessions(self, which):
        return sum(p["summary"][f"total-{which}-session-count"]
                   for p in self.policies)


def decoded_name(source):
    """The display name of From, if it has encoded-words. The newer parser does
    not leave out the blank between two of them (RFC 2047 section 6.2)."""
    sender = email.message_from_bytes(source)["From"]
    name, charset = email.header.decode_header(sender)[0]
    return name.decode() if charset == "utf-8" else None


class MailTest(DkimTest):
    """Mails written, signed, and read by others."""

    def write(self, mails):
        operands, paths = [], []
        for n, mail in enumerate(mails):
            report, body, path = (self.at / f"{n}.{name}"
                                  for name in ("report", "body", "eml"))
            report.write_text(mail.report())
            body.write_bytes(mail.body)
            operands += [mail.domain, mail.sender, mail.recipient,
                         str(mail.time), mail.file_name, mail.type, report,
                         body, path]
            paths.append(path)
        self.assertEqual(0, subprocess.run([WRITE, *operands]).returncode)
        return paths

    def sign(self, paths):
        """Each with a signature of both keys."""
        now = str(int(time.time()))
        for key, selector in (("rfc8463.pem", "e1"), ("rsa2048.pem", "r1")):
            run = subprocess.run([SIGN, KEYS / key, SUBMITTER, selector, now,
                                  *paths])
            self.assertEqual(0, run.returncode)
            for path in paths:
                path.with_name(path.name + ".signed").rename(path)

    def opendkim(self, paths):
        """What libopendkim says of each signature. To it a key with s=tlsrpt,
        which s3 asks for, is "not an e-mail key"."""
        records = self.at / "records"
        records.write_text("".join(f"{r['name']} {r['record']}\n"
                                   for r in self.records("--any-service")))
        run = subprocess.run([OPENDKIM, records, *paths],
                             stdout=subprocess.PIPE, text=True)
        self.assertEqual(0, run.returncode)
        first, *lines = run.stdout.splitlines()
        self.assertEqual("ed25519 yes", first)
        return lines

    def mails(self, n):
        r = random.Random(SEED)
        sizes = [1, LARGEST] + [int(LARGEST ** r.random())
                                for _ in range(n - 2)]
        return [Mail(r, size) for size in sizes]


class Reading(MailTest):
    """By Python's parser."""

    def assert_lines(self, message):
        lines = message.split(b"\r\n")
        self.assertEqual(b"", lines.pop())
        for line in lines:
            self.assertTrue(line.isascii())
            for c in b"\r\n\0":
                self.assertNotIn(c, line)
            # 78 wherever there is a blank at which to fold, but for the one
            # behind a field's name.
            has_blank = b" " in re.sub(rb"^([A-Za-z-]+:)? ", b"", line)
            self.assertLessEqual(len(line), 78 if has_blank else 998, line)

    def assert_no_defects(self, message):
        for part in message.walk():
            self.assertEqual([], part.defects)
            for name, value in part.items():
                self.assertEqual((), value.defects, name)

    def assert_header(self, mail, message, source):
        self.assertEqual(FIELDS, message.keys())
        for name, value in (
                ("To", mail.recipient),
                ("Subject", f"Report Domain: {mail.domain} Submitter: "
                            f"{mail.submitter} Report-ID: "
                            f"<{mail.message_id}>"),
                ("Message-ID", f"<{mail.message_id}>"),
                ("TLS-Report-Domain", mail.domain),
                ("TLS-Report-Submitter", mail.submitter),
                ("TLS-Required", "No"),
                ("Auto-Submitted", "auto-generated"),
                ("MIME-Version", "1.0")):
            self.assertEqual(value, message[name], name)
        when = message["Date"].datetime
        self.assertEqual(mail.time, int(when.timestamp()))
        self.assertEqual(datetime.timedelta(0), when.utcoffset())
        sender, = message["From"].addresses
        self.assertEqual(mail.sender, sender.addr_spec)
        if mail.is_tidy:
            self.assertEqual(mail.organization,
                             decoded_name(source) or sender.display_name)
        kind = message["Content-Type"]
        self.assertEqual("multipart/report", kind.content_type)
        self.assertEqual({"report-type", "boundary"}, set(kind.params))
        self.assertEqual("tlsrpt", kind.params["report-type"])

    def assert_text(self, mail, part):
        self.assertEqual("text/plain", part.get_content_type())
        self.assertEqual("utf-8", part.get_content_charset())
        text = part.get_content()
        words = " ".join(text.split())
        self.assertIn(f" Domain: {mail.domain} ", words)
        self.assertIn(f" Day (UTC): {DAY} ", words)
        self.assertIn(f" Report-ID: {mail.id} ", words)
        self.assertIn(f"Sessions: {mail.sessions('successful')} successful, "
                      f"{mail.sessions('failure')} failed.", words)
        self.assertIn(f" _smtp._tls.{mail.domain} ", words)
        if mail.is_tidy:
            self.assertIn(f" Reporter: {mail.organization} ".replace("  ", " "),
                          words)
        self.assertTrue(text.endswith("\n"))

    def assert_attachment(self, mail, part):
        self.assertEqual(f"application/tlsrpt+{mail.type}",
                         part.get_content_type())
        self.assertTrue(part.is_attachment())
        self.assertEqual(mail.file_name, part.get_filename())
        self.assertEqual(mail.file_name, part["Content-Type"].params["name"])
        self.assertEqual(mail.body, part.get_content())

    def test_mails(self):
        mails = self.mails(MAILS)
        for mail, path in zip(mails, self.write(mails)):
            with self.subTest(path=path.name, domain=mail.domain,
                              organization=mail.organization):
                source = path.read_bytes()
                self.assert_lines(source)
                message = email.message_from_bytes(
                    source, policy=email.policy.default)
                self.assert_no_defects(message)
                self.assert_header(mail, message, source)
                text, attachment = message.iter_parts()
                self.assert_text(mail, text)
                self.assert_attachment(mail, attachment)


class Verifying(MailTest):
    """Signatures of both kinds, by two other programs."""

    def setUp(self):
        super().setUp()
        self.zone = {r["name"]: r["record"] for r in self.records()}

    def answer(self, name, timeout):
        return self.zone[name.decode().rstrip(".")].encode()

    def test_mails(self):
        paths = self.write(self.mails(MAILS))
        self.sign(paths)
        for path in paths:
            for n in range(2):
                signature = dkim.DKIM(path.read_bytes(), tlsrpt="strict")
                self.assertTrue(signature.verify(idx=n, dnsfunc=self.answer),
                                path)
        self.assertEqual([f"{path} {selector} pass" for path in paths
                          for selector in ("r1", "e1")], self.opendkim(paths))

    def test_changed(self):
        """That libopendkim would say so."""
        paths = self.write(self.mails(2))
        self.sign(paths)
        for path, (old, new) in zip(paths, (
                (b"\r\nTLS-Required: No\r\n", b"\r\n"),
                (b"aggregate report", b"aggregate rep0rt"))):
            message = path.read_bytes()
            self.assertEqual(1, message.count(old))
            path.write_bytes(message.replace(old, new))
        lines = self.opendkim(paths)
        self.assertEqual(4, len(lines))
        for line in lines:
            self.assertFalse(line.endswith(" pass"), line)


if __name__ == "__main__":
    unittest.main()
