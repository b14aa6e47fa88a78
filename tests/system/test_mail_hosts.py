"""test_mail_hosts.py -- the mail servers of the tests do what tests of delivery
by mail rely on. Run by Debian's /usr/bin/python3."""

import os
import smtplib
import ssl
import subprocess
import unittest

import dkim

from harness import OK, TESTS
from mail_hosts import Dovecot, Postfix

KEYS = TESTS / "support" / "keys"
SENDER = "tls-reports@sender.example"
USER, PASSWORD = "reporter@sender.example", "correct horse"
MESSAGE = b"""\
From: <tls-reports@sender.example>
To: <tls@recipient.example>
Subject: A report
Date: Mon, 02 Mar 2026 12:00:00 +0000
Message-ID: <1@sender.example>

.
A line.

.dot
From the start \x20
""".replace(b"\n", b"\r\n")


def body(mail):
    """What stands behind the first empty line."""
    return mail.partition(b"\r\n\r\n")[2]


def signed(message):
    """With an RSA key and the narrowest rules for blanks."""
    return dkim.sign(
        message, b"s1", b"sender.example", (KEYS / "rsa2048.pem").read_bytes(),
        canonicalize=(b"simple", b"simple")) + message


def verifies(mail):
    """By the key's record."""
    public = (KEYS / "rsa2048.public").read_text().strip()
    record = f"v=DKIM1; k=rsa; s=tlsrpt; p={public}".encode()
    return dkim.verify(mail, dnsfunc=lambda *_, **__: record, tlsrpt=True)


class MailHosts(unittest.TestCase):
    """A Postfix in front of a Dovecot, for all tests."""

    @classmethod
    def setUpClass(cls):
        cls.dovecot = Dovecot({USER: PASSWORD})
        cls.addClassCleanup(cls.dovecot.close)
        cls.postfix = Postfix(
            cls.dovecot.route, dovecot=cls.dovecot, answers={
                "nobody@recipient.example": "550 5.1.1 no such user",
                "later@recipient.example": "450 4.2.0 not now",
            })
        cls.addClassCleanup(cls.postfix.close)

    def sendmail(self, message, recipient, sender=SENDER, postfix=None):
        """By the program: its exit code."""
        host = postfix or self.postfix
        return subprocess.run(
            [*host.sendmail, "-i", "-f", sender or "<>", "--", recipient],
            input=message, cwd="/", env={"PATH": "/usr/bin", "LANG": "C"},
            check=False).returncode

    def submit(self, recipient, message=MESSAGE):
        """By SMTP with STARTTLS and a password."""
        trust = ssl.create_default_context(cafile=self.postfix.ca)
        with smtplib.SMTP("127.0.0.1", self.postfix.submission_port,
                          timeout=30) as smtp:
            smtp.starttls(context=trust)
            smtp.login(USER, PASSWORD)
            smtp.sendmail(SENDER, [recipient], message)

    # -- what arrives --

    def test_by_the_program(self):
        for name, message in (("crlf", MESSAGE),
                              ("lf", MESSAGE.replace(b"\r\n", b"\n"))):
            with self.subTest(name):
                address = f"{name}@recipient.example"
                self.assertEqual(OK, self.sendmail(message, address))
                mail = self.dovecot.wait_mail(address)
                self.assertEqual(body(MESSAGE), body(mail))
                self.assertIn(f"Return-Path: <{SENDER}>".encode(), mail)

    def test_the_null_sender(self):
        address = "null@recipient.example"
        self.assertEqual(OK, self.sendmail(MESSAGE, address, sender=""))
        mail = self.dovecot.wait_mail(address)
        self.assertIn(b"Return-Path: <>", mail)
        self.postfix.wait_logged("from=<>, size=")

    def test_by_submission(self):
        address = "smtp@recipient.example"
        self.submit(address)
        mail = self.dovecot.wait_mail(address)
        self.assertEqual(body(MESSAGE), body(mail))
        self.assertIn(b"ESMTPSA", mail)  # RFC 3848: TLS and a password

    def test_a_signature_outlives_the_way(self):
        message = signed(MESSAGE)
        self.assertTrue(verifies(message))
        for name, send in (
                ("dkim-crlf", lambda to: self.sendmail(message, to)),
                ("dkim-lf", lambda to: self.sendmail(
                    message.replace(b"\r\n", b"\n"), to)),
                ("dkim-smtp", lambda to: self.submit(to, message))):
            with self.subTest(name):
                address = f"{name}@recipient.example"
                send(address)
                mail = self.dovecot.wait_mail(address)
                self.assertTrue(verifies(mail))
                self.assertFalse(verifies(mail.replace(b"A line", b"B line")))

    # -- what does not --

    def test_recipients_are_refused(self):
        for address, code in (("nobody@recipient.example", 550),
                              ("later@recipient.example", 450)):
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                self.submit(address)
            self.assertEqual(code, refused.exception.recipients[address][0])

    def test_submission_wants_a_password(self):
        with smtplib.SMTP("127.0.0.1", self.postfix.submission_port,
                          timeout=30) as smtp:
            self.assertEqual(530, smtp.docmd("MAIL", f"FROM:<{SENDER}>")[0])
            smtp.starttls(context=ssl.create_default_context(
                cafile=self.postfix.ca))
            with self.assertRaises(smtplib.SMTPAuthenticationError):
                smtp.login(USER, "wrong")
            smtp.ehlo()
            smtp.mail(SENDER)
            code, _ = smtp.rcpt("smtp@recipient.example")
            self.assertEqual(554, code)

    # -- TLS on the way out --

    def host(self, *arguments, **options):
        """A further Postfix."""
        host = Postfix(*arguments, **options)
        self.addCleanup(host.close)
        return host

    def test_tls_may_be_demanded_on_the_way_out(self):
        peers = {name: self.host(self.dovecot.route, starttls=name)
                 for name in ("good", "broken", "none")}
        for name, peer in peers.items():
            sender = self.host(peer.route, smtp_tls_security_level="encrypt")
            address = f"encrypt-{name}@recipient.example"
            self.assertEqual(
                OK, self.sendmail(MESSAGE, address, postfix=sender))
            if name == "good":
                self.dovecot.wait_mail(address)
            else:
                self.assertIn("TLS", sender.wait_deferred(address))

    def test_and_not_of_reports(self):
        peer = self.host(self.dovecot.route, starttls="broken")
        route = peer.route.replace("smtp:", "reports:")
        sender = self.host(
            peer.route, smtp_tls_security_level="encrypt",
            sender_dependent_default_transport_maps=(
                f"inline:{{ {{{SENDER} = {route}}} }}"))
        self.assertEqual(OK, self.sendmail(
            MESSAGE, "reports@recipient.example", postfix=sender))
        self.dovecot.wait_mail("reports@recipient.example")
        self.assertEqual(OK, self.sendmail(
            MESSAGE, "others@recipient.example", "other@sender.example",
            postfix=sender))
        sender.wait_deferred("others@recipient.example")


class Ending(unittest.TestCase):
    """What is closed is gone."""

    def test_nothing_is_left(self):
        dovecot = Dovecot()
        postfix = Postfix(dovecot.route)
        for host in (postfix, dovecot):
            host.close()
            self.assertFalse(host.folder.exists())
        # Orphans of theirs would be children of this process.
        with self.assertRaises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


if __name__ == "__main__":
    unittest.main()
