"""test_send_mail.py -- reports go by mail: made, signed and handed over by the
real service, by way of a real Postfix, to a real Dovecot; a real name server
says who wants them. Run by Debian's /usr/bin/python3."""

import email
import email.policy
import gzip
import json
import os
import shutil
import signal
import sqlite3
import unittest

import dkim

from harness import (CONTACT, DAY_S, NOON, OK, TESTS, SystemTest,
                     run_cli, session, wait_until)
from mail_hosts import Dovecot, Postfix
from nameserver import NameServer

KEYS = TESTS / "support" / "keys"
TOMORROW = NOON + DAY_S
HOUR_S = 3600
LEASE_S = 2 * 60 + 300  # twice the default timeout, and the margin
USER, PASSWORD = "reporter@sender.example", "correct horse"
BOX = "mailto:tls@{}"


def record(domain):
    """The TLSRPT record of a domain that wants mail."""
    return f"v=TLSRPTv1; rua={BOX.format(domain)}"


class SendMail(SystemTest):
    """One Postfix in front of one Dovecot, for all tests; a name server for
    each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dovecot = Dovecot({USER: PASSWORD})
        cls.addClassCleanup(cls.dovecot.close)
        cls.postfix = Postfix(
            cls.dovecot.route, dovecot=cls.dovecot, answers={
                "tls@no.example": "550 5.1.1 no such user",
                "tls@later.example": "450 4.2.0 not now",
            })
        cls.addClassCleanup(cls.postfix.close)

    def setUp(self):
        self.at = self.folder()
        words = []
        for selector, name in (("r1", "rsa2048.pem"), ("e1", "rfc8463.pem")):
            shutil.copy(KEYS / name, self.at / name)
            (self.at / name).chmod(0o600)
            words.append(f"{selector}:{self.at / name}")
        self.words = ", ".join(words)
        self.names = NameServer()
        self.addCleanup(self.names.close)
        self.publish()

    def publish(self):
        """The keys, as dkim record says."""
        config = self.at / "keys.conf"
        config.write_text("[daemon]\nroles = collect\n[report]\n"
                          f"contact = {CONTACT}\ndkim_keys = {self.words}\n")
        code, out, _ = run_cli("-c", config, "dkim", "record", "--json")
        self.assertEqual(OK, code)
        for key in json.loads(out):
            self.names.texts[key["name"]] = [key["record"]]
        self.names.load()

    def want(self, *domains):
        """They ask for reports by mail."""
        for domain in domains:
            self.names.texts[f"_smtp._tls.{domain}"] = [record(domain)]
        self.names.load()

    def sending(self, **options):
        """A service that sends by the Postfix's sendmail without delay."""
        wanted = {
            "report__dkim_keys": self.words,
            "deliver__mode": "on",
            "dns__resolver": self.names.address,
            "deliver__sendmail": " ".join(self.postfix.sendmail),
            "deliver__delay_min": "0s",
            "deliver__delay_max": "0s",
        }
        wanted.update(options)
        return self.service(**wanted).start()

    def by_smtp(self, **options):
        """The same by SMTP, with a password."""
        password = self.at / "password"
        password.write_text(PASSWORD + "\n")
        password.chmod(0o600)
        wanted = {
            "deliver__mail_by": "smtp",
            "deliver__smtp_host": "127.0.0.1",
            "deliver__smtp_port": str(self.postfix.submission_port),
            "deliver__smtp_user": USER,
            "deliver__smtp_password_file": str(password),
            "deliver__ca_file": str(self.postfix.ca),
        }
        wanted.update(options)
        return self.sending(**wanted)

    def send(self, service, *domains):
        """A session of each domain; then the day closes."""
        service.send(*(session(d, pr=record(d)) for d in domains))
        service.wait_received(len(domains))
        service.close_day()

    def settled(self, service, states):
        """The deliveries once their states are those, by rua."""
        def found():
            now = {d["rua"]: d for d in service.cli_json("delivery", "list")}
            return now if {u: d["state"] for u, d in now.items()} == states \
                else None
        return wait_until(found, f"deliveries are {states}")

    def tried(self, service, delivery):
        """The attempts."""
        return service.cli_json("delivery", "show",
                                delivery["delivery"])["tried"]

    def verify(self, mail, signatures=2):
        """Each signature, by the published key."""
        def txt(name, **_):
            name = (name.decode() if isinstance(name, bytes) else name)
            return self.names.texts[name.rstrip(".")][0].encode()
        verifier = dkim.DKIM(mail, tlsrpt="strict")
        for i in range(signatures):
            self.assertTrue(verifier.verify(idx=i, dnsfunc=txt))

    def assert_is_report(self, mail, service, domain):
        """It is the report of the folder, and all says the same."""
        message = email.message_from_bytes(mail, policy=email.policy.default)
        report, = (r for r in service.reports()
                   if r.value["policies"][0]["policy"]["policy-domain"]
                   == domain)
        name = report.value["report-id"] + "@sender.example"
        self.assertEqual(
            f"Report Domain: {domain} Submitter: sender.example "
            f"Report-ID: <{name}>", message["Subject"])
        self.assertEqual(f"<{name}>", message["Message-ID"])
        self.assertEqual(CONTACT, message["From"].addresses[0].addr_spec)
        self.assertEqual(f"tls@{domain}", message["To"])
        self.assertEqual([domain, "sender.example", "No", "auto-generated"], [
            message[n] for n in ("TLS-Report-Domain", "TLS-Report-Submitter",
                                 "TLS-Required", "Auto-Submitted")])
        _, attachment = message.iter_parts()
        self.assertEqual("application/tlsrpt+gzip",
                         attachment.get_content_type())
        self.assertEqual(report.path.name, attachment.get_filename())
        self.assertEqual(report.value, json.loads(
            gzip.decompress(attachment.get_content())))

    # -- the way through --

    def test_a_report_goes_by_the_sendmail_program(self):
        self.want("a.example")
        service = self.sending()
        self.send(service, "a.example")
        found = self.settled(service, {BOX.format("a.example"): "handed-over"})
        mail = self.dovecot.wait_mail("tls@a.example")
        self.verify(mail)
        self.assert_is_report(mail, service, "a.example")
        attempt, = self.tried(service, found[BOX.format("a.example")])
        self.assertEqual(("sendmail", 0, "exit status 0"), tuple(
            attempt[k] for k in ("transport", "status", "answer")))
        # Nobody is bothered with bounces unless the operator wants them.
        self.assertIn(b"Return-Path: <>\r\n", mail)

    def test_a_report_goes_by_smtp_with_tls_and_a_password(self):
        self.want("b.example")
        service = self.by_smtp(
            deliver__bounce_address="bounces@sender.example")
        self.send(service, "b.example")
        found = self.settled(service, {BOX.format("b.example"): "handed-over"})
        mail = self.dovecot.wait_mail("tls@b.example")
        self.verify(mail)
        self.assert_is_report(mail, service, "b.example")
        delivery = found[BOX.format("b.example")]
        attempt, = self.tried(service, delivery)
        self.assertEqual(("smtp", "verified", 250), tuple(
            attempt[k] for k in ("transport", "tls", "status")))
        self.assertIn("queued as", attempt["answer"])
        # Each attempt has an envelope sender of its own.
        sender = f"bounces+{delivery['delivery']}-1@sender.example"
        self.assertIn(f"Return-Path: <{sender}>\r\n".encode(), mail)

    def test_shadow_signs_and_sends_nothing(self):
        self.want("c.example")
        service = self.sending(deliver__mode="shadow")
        self.send(service, "c.example")
        found = self.settled(service, {BOX.format("c.example"): "shadow"})
        delivery = found[BOX.format("c.example")]["delivery"]

        def signed():
            code, out, _ = service.cli("delivery", "mail", delivery)
            return out if code == OK else None
        mail = wait_until(signed, "the mail is signed").encode()
        self.verify(mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        self.assertEqual([], self.dovecot.mails("tls@c.example"))

    # -- what servers say --

    def test_answers_decide(self):
        self.want("no.example", "later.example", "ok.example")
        service = self.by_smtp()
        self.send(service, "no.example", "later.example", "ok.example")
        found = self.settled(service, {
            BOX.format("no.example"): "given-up",
            BOX.format("later.example"): "retrying",
            BOX.format("ok.example"): "handed-over"})
        attempt, = self.tried(service, found[BOX.format("no.example")])
        self.assertEqual(550, attempt["status"])
        self.assertIn("no such user", attempt["answer"])
        attempt, = self.tried(service, found[BOX.format("later.example")])
        self.assertEqual(450, attempt["status"])

    def test_a_program_that_is_not_there_is_the_operators_to_mend(self):
        self.want("d.example")
        service = self.sending(deliver__sendmail="/nonexistent/sendmail")
        self.send(service, "d.example")
        found = self.settled(service, {BOX.format("d.example"): "retrying"})
        attempt, = self.tried(service, found[BOX.format("d.example")])
        self.assertIn("/nonexistent/sendmail", attempt["answer"])

    def test_a_wrong_password_is_told(self):
        self.want("e.example")
        wrong = self.at / "wrong"
        wrong.write_text("something else\n")
        wrong.chmod(0o600)
        service = self.by_smtp(deliver__smtp_password_file=str(wrong))
        self.send(service, "e.example")
        found = self.settled(service, {BOX.format("e.example"): "retrying"})
        attempt, = self.tried(service, found[BOX.format("e.example")])
        self.assertIn("verified", attempt["tls"])
        self.assertNotEqual("", attempt["answer"])
        self.assertNotIn("something else", service.log_text())

    # -- keys --

    def test_nothing_is_sent_while_the_key_is_not_published(self):
        self.want("f.example")
        for name in list(self.names.texts):
            if name.startswith("e1."):
                kept = self.names.texts.pop(name)
                unpublished = name
        self.names.load()
        service = self.sending()
        self.send(service, "f.example")
        found = self.settled(service, {BOX.format("f.example"): "retrying"})
        attempt, = self.tried(service, found[BOX.format("f.example")])
        self.assertEqual("dns", attempt["transport"])
        self.assertIn(unpublished, attempt["answer"])
        self.assertEqual([], self.dovecot.mails("tls@f.example"))
        self.names.texts[unpublished] = kept
        self.names.load()
        service.restart(TOMORROW + HOUR_S)
        self.settled(service, {BOX.format("f.example"): "handed-over"})
        self.verify(self.dovecot.wait_mail("tls@f.example"))

    def test_nor_if_another_key_is_published_or_it_is_revoked(self):
        self.want("g.example")
        for texts in (["v=DKIM1; k=ed25519; p="],
                      ["v=DKIM1; k=ed25519; "
                       "p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],
                      ["v=DKIM1; k=ed25519; s=email; "
                       "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]):
            self.names.texts["e1._domainkey.sender.example"] = texts
            self.names.load()
            service = self.sending()
            self.send(service, "g.example")
            self.settled(service, {BOX.format("g.example"): "retrying"})
            service.stop()
        self.assertEqual([], self.dovecot.mails("tls@g.example"))

    def test_without_a_key_no_mail_is_made(self):
        self.want("h.example")
        service = self.sending(report__dkim_keys="")
        self.send(service, "h.example")
        found = self.settled(service, {BOX.format("h.example"): "given-up"})
        self.assertIn("dkim_keys",
                      found[BOX.format("h.example")]["reason"])

    # -- what DNS says of now --

    def test_a_record_that_vanished_means_no(self):
        service = self.sending()
        self.send(service, "i.example")
        found = self.settled(service,
                             {BOX.format("i.example"): "record-vanished"})
        self.assertIn("no TLSRPT record",
                      found[BOX.format("i.example")]["reason"])
        self.assertEqual([], self.dovecot.mails("tls@i.example"))

    def test_a_report_goes_to_the_destination_of_now(self):
        self.names.texts["_smtp._tls.j.example"] = [
            "v=TLSRPTv1; rua=mailto:new@j.example"]
        self.names.load()
        service = self.sending()
        self.send(service, "j.example")
        self.settled(service, {BOX.format("j.example"): "record-vanished",
                               "mailto:new@j.example": "handed-over"})
        self.dovecot.wait_mail("new@j.example")
        self.assertEqual([], self.dovecot.mails("tls@j.example"))

    def test_a_stranger_waits_while_dns_is_dead(self):
        self.want("k.example")
        service = self.sending(dns__timeout="500ms")
        self.names.stop()
        self.send(service, "k.example")
        found = self.settled(service, {BOX.format("k.example"): "retrying"})
        attempt, = self.tried(service, found[BOX.format("k.example")])
        self.assertEqual("dns", attempt["transport"])
        self.names.start()
        service.restart(TOMORROW + HOUR_S)
        self.settled(service, {BOX.format("k.example"): "handed-over"})

    def test_the_state_of_dnssec_is_kept(self):
        self.want("l.example", "l.plain.example")
        service = self.sending(dns__trust_anchor=str(self.names.anchor))
        self.send(service, "l.example", "l.plain.example")
        self.settled(service, {
            BOX.format("l.example"): "handed-over",
            BOX.format("l.plain.example"): "handed-over"})
        with sqlite3.connect(service.database) as database:
            self.assertEqual(
                [("l.example", "secure"), ("l.plain.example", "insecure")],
                database.execute("SELECT domain, dnssec FROM rua_seen "
                                 "ORDER BY domain").fetchall())

    # -- when something dies --

    def test_a_worker_killed_while_it_hands_over_loses_nothing(self):
        self.want("m.example")
        slow = self.at / "sendmail"
        slow.write_text("#!/bin/sh\necho here >>" + str(self.at / "began") +
                        "\nexec sleep 1000\n")
        slow.chmod(0o755)
        service = self.sending(deliver__sendmail=str(slow))
        self.send(service, "m.example")
        wait_until((self.at / "began").exists, "an attempt has begun")
        os.kill(service.role_pid("deliver"), signal.SIGKILL)
        service.stop()
        slow.write_text("#!/bin/sh\nexec " + " ".join(self.postfix.sendmail) +
                        ' "$@"\n')
        service.restart(TOMORROW + LEASE_S + 60)
        found = self.settled(service, {BOX.format("m.example"): "handed-over"})
        first, second = self.tried(service, found[BOX.format("m.example")])
        self.assertIsNone(first["ended-at"])
        self.assertEqual("sendmail", second["transport"])
        self.dovecot.wait_mail("tls@m.example")

    def test_a_smarthost_that_is_not_there_is_told(self):
        self.want("n.example")
        service = self.by_smtp(deliver__timeout="1s",
                               deliver__smtp_port="9",
                               deliver__smtp_host="127.0.0.1")
        self.send(service, "n.example")
        found = self.settled(service, {BOX.format("n.example"): "retrying"})
        attempt, = self.tried(service, found[BOX.format("n.example")])
        self.assertNotEqual("", attempt["answer"])

    # -- reports get through where TLS fails --

    def test_a_relay_that_enforces_tls_lets_reports_through(self):
        """By a transport of its own, as tlsrptd(8) tells."""
        peer = Postfix(self.dovecot.route, starttls="broken")
        self.addCleanup(peer.close)
        relay = Postfix(
            peer.route, smtp_tls_security_level="encrypt",
            sender_dependent_default_transport_maps="regexp:{{"
            f"/^tlsrpt-bounces\\+/ {peer.route.replace('smtp', 'reports')}"
            "}}")
        self.addCleanup(relay.close)
        self.want("o.example")
        service = self.sending(
            deliver__sendmail=" ".join(relay.sendmail),
            deliver__bounce_address="tlsrpt-bounces@sender.example")
        self.send(service, "o.example")
        self.settled(service, {BOX.format("o.example"): "handed-over"})
        self.verify(self.dovecot.wait_mail("tls@o.example"))


if __name__ == "__main__":
    unittest.main()
