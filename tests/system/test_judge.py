"""test_judge.py -- reports of others that come by mail count if python3-dkim
signed them for who reports, by keys that a real name server has; and only then.
Run by Debian's /usr/bin/python3."""

import base64
import contextlib
import gzip
import json
import smtplib
import sqlite3
import subprocess
import unittest
import urllib.request

import dkim

from harness import (CONTACT, DAY_S, NOON, OK, TESTS, SystemTest, failure,
                     session, wait_until)
from mail_hosts import Dovecot, Postfix
from nameserver import NameServer
from ports import free_port
from test_inbox import EXAMPLE, OURS

KEYS = TESTS / "support" / "keys"
DSN = TESTS / "corpus" / "dsn"
# The delivery that the mails of the corpus are about.
CORPUS_ID = "0195f2b0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"
REPORTER = "company-x.example"
OTHER = "other.example"
# RFC 8463 A.1, as python3-dkim wants it, and its public key.
ED25519_SEED = b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
ED25519_PUBLIC = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
SIGNED = [b"From", b"To", b"Subject", b"TLS-Report-Submitter", b"Content-Type"]
HANDED_OVER, GIVEN_UP = 3, 5


def openssl(*arguments):
    """What it prints."""
    return subprocess.run(["openssl", *map(str, arguments)], check=True,
                          capture_output=True).stdout


def mail(report, sender=f"tls@{REPORTER}", submitter=REPORTER):
    """A report mail as it is before it is signed."""
    packed = base64.encodebytes(
        gzip.compress(json.dumps(report).encode())).decode()
    header = f"TLS-Report-Submitter: {submitter}\n" if submitter else ""
    return (
        f"From: Reports <{sender}>\nTo: tls@{OURS}\n"
        f"Subject: Report Domain: {OURS}\n{header}"
        "Date: Mon, 02 Mar 2026 11:00:00 +0000\n"
        'Content-Type: multipart/report; report-type="tlsrpt"; boundary="b"\n'
        "\n--b\nContent-Type: text/plain\n\nA report.\n"
        "--b\nContent-Type: application/tlsrpt+gzip\n"
        "Content-Transfer-Encoding: base64\n\n"
        f"{packed}\n--b--\n").replace("\n", "\r\n").encode()


def named(report_id, **changes):
    """The RFC's example with another report-id; None takes a member out."""
    report = json.loads(json.dumps({**EXAMPLE, "report-id": report_id,
                                    **changes}))
    return {k: v for k, v in report.items() if v != "absent"}


class Judge(SystemTest):
    """A name server with keys, and a service that asks it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rsa = {}
        for bits in (512, 1024, 2048):
            key = openssl("genrsa", "-traditional", bits)
            public = subprocess.run(
                ["openssl", "rsa", "-pubout", "-outform", "DER"], input=key,
                check=True, capture_output=True).stdout
            cls.rsa[bits] = key, base64.b64encode(public).decode()

    def setUp(self):
        public = self.rsa[2048][1]
        records = {
            "r2048": f"v=DKIM1; k=rsa; s=tlsrpt; p={public}",
            "r1024": f"v=DKIM1; k=rsa; p={self.rsa[1024][1]}",
            "r512": f"v=DKIM1; k=rsa; p={self.rsa[512][1]}",
            "e1": f"v=DKIM1; k=ed25519; p={ED25519_PUBLIC}",
            "email": f"v=DKIM1; k=rsa; s=email; p={public}",
            "testing": f"v=DKIM1; k=rsa; t=y; p={public}",
        }
        self.names = NameServer({
            f"{selector}._domainkey.{domain}": [record]
            for selector, record in records.items()
            for domain in (REPORTER, OTHER)})
        self.addCleanup(self.names.close)

    def receiving(self, **options):
        """A service that takes mails, and a post now and then."""
        self.port = free_port()
        wanted = {"daemon__roles": "collect, report, deliver, intake",
                  "intake__http_listen": f"127.0.0.1:{self.port}",
                  "dns__resolver": self.names.address,
                  "dns__trust_anchor": str(self.names.anchor)}
        wanted.update(options)
        service = self.service(**wanted)
        service.options["intake.lmtp_listen"] = str(service.folder / "lmtp")
        service.write_config()
        service.start()
        self.listens(service)
        self.assertEqual((OK, "", ""), service.cli("domain", "add", OURS))
        return service

    def listens(self, service):
        """Until role intake takes mails."""
        def greets():
            try:
                with smtplib.LMTP(str(service.folder / "lmtp")):
                    return True
            except OSError:
                return False
        wait_until(greets, "role intake listens")

    def restart(self, service, now):
        """With another time."""
        service.restart(now)
        self.listens(service)

    def sign(self, message, selector="r2048", domain=REPORTER, key=2048,
             **more):
        """The message with a signature on top."""
        private = ED25519_SEED if key is None else self.rsa[key][0]
        more.setdefault("signature_algorithm",
                        b"ed25519-sha256" if key is None else b"rsa-sha256")
        more.setdefault("include_headers", SIGNED)
        field = dkim.sign(message, selector.encode(), domain.encode(), private,
                          **more)
        return field + message

    def give(self, service, *messages, recipient=f"tls@{OURS}"):
        """Over LMTP."""
        with smtplib.LMTP(str(service.folder / "lmtp")) as lmtp:
            for message in messages:
                self.assertEqual({}, lmtp.sendmail("", [recipient], message))

    def post(self, report):
        """Over HTTP."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/tlsrpt", json.dumps(report).encode(),
            {"Content-Type": "application/tlsrpt+json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.assertEqual(201, answer.status)

    def rows(self, service, n, but=("waiting",)):
        """By report-id, once there are n and none in those states."""
        def found():
            rows = service.cli_json("inbox", "list")
            return rows if len(rows) >= n and not any(
                r["state"] in but for r in rows) else None
        rows = wait_until(found, f"{n} reports are in the inbox")
        self.assertEqual(n, len(rows))
        return {r["report-id"]: r for r in rows}

    def assert_judged(self, want, rows):
        """States and verdicts by report-id, and reasons that must be there."""
        self.assertEqual(
            {k: w[:2] for k, w in want.items()},
            {k: (r["state"], r["verdict"]) for k, r in rows.items()})
        for name, (_, _, *reasons) in want.items():
            for reason in reasons:
                self.assertIn(reason, rows[name]["reasons"], name)


class Verdicts(Judge):
    """Of mails whose keys can be had."""

    def test_each_signature_is_judged(self):
        service = self.receiving()
        good = {"key": 2048, "selector": "r2048"}
        cases = {
            "rsa": (good, "authenticated", ()),
            "ed25519": ({"key": None, "selector": "e1"}, "authenticated", ()),
            "rsa-1024": ({"key": 1024, "selector": "r1024"}, "authenticated",
                         ()),
            "rsa-512": ({"key": 512, "selector": "r512"}, "failed",
                        ("dkim=permerror reason=key-size d=company-x.example "
                         "s=r512 dnssec=secure",)),
            "of-another": ({**good, "domain": OTHER}, "unaligned",
                           ("from-unaligned", "contact-unaligned",
                            "submitter-unaligned")),
            "for-email": ({**good, "selector": "email"}, "failed",
                          ("key-for-email",)),
            "testing": ({**good, "selector": "testing"}, "failed",
                        ("signature-fails",)),
            "length": ({**good, "length": True}, "failed", ("length",)),
            "no-key": ({**good, "selector": "none"}, "failed",
                       ("dkim=permerror reason=key-absent d=company-x.example "
                        "s=none dnssec=secure",)),
        }
        mails = [self.sign(mail(named(name)), **how)
                 for name, (how, _, _) in cases.items()]
        want = {name: ("counted" if verdict == "authenticated" else
                       "untrusted", verdict, *reasons)
                for name, (_, verdict, reasons) in cases.items()}
        mails.append(mail(named("unsigned")))
        want["unsigned"] = ("untrusted", "unsigned", "no-signature")
        mails.append(self.sign(mail(named("broken"))).replace(
            b"A report.", b"No report."))
        want["broken"] = (
            "untrusted", "failed",
            "dkim=fail reason=body")
        sha1 = self.sign(mail(named("sha1"))).replace(
            b"a=rsa-sha256", b"a=rsa-sha1")
        mails.append(sha1)
        want["sha1"] = ("untrusted", "failed",
                        "dkim=permerror reason=rsa-sha1")
        self.give(service, *mails)
        self.assert_judged(want, self.rows(service, len(mails)))

    def test_two_signatures_one_of_which_vouches(self):
        service = self.receiving()
        twice = self.sign(self.sign(mail(named("two"))), domain=OTHER)
        self.give(service, twice)
        self.assert_judged({"two": ("counted", "authenticated")},
                           self.rows(service, 1))

    def test_who_reports_must_be_who_signs(self):
        service = self.receiving()
        null = named("null", **{"contact-info": None})
        absent = named("left-out", **{"contact-info": "absent"})
        self.give(
            service, self.sign(mail(null, submitter=None)),
            self.sign(mail(absent)),
            self.sign(mail(named("contact", **{
                "contact-info": f"mailto:a@{OTHER}"}))),
            self.sign(mail(named("submitter"), submitter=OTHER)),
            self.sign(mail(named("from"), sender=f"a@{OTHER}")),
            self.sign(mail(named("subdomain", **{
                "contact-info": f"a@Mail.{REPORTER.upper()}"}))))
        self.assert_judged({
            "null": ("counted", "authenticated", "no-contact"),
            "left-out": ("counted", "authenticated", "no-contact"),
            "contact": ("untrusted", "unaligned", "contact-unaligned"),
            "submitter": ("untrusted", "unaligned", "submitter-unaligned"),
            "from": ("untrusted", "unaligned", "from-unaligned"),
            "subdomain": ("counted", "authenticated"),
        }, self.rows(service, 6))

    def test_a_domain_that_is_not_told_is_that_of_a_signed_header(self):
        service = self.receiving()
        header = f"TLS-Report-Domain: {OURS}\r\n".encode()
        signed = {"include_headers": [*SIGNED, b"TLS-Report-Domain"]}
        reports = {}
        for name in ("signed", "beside", "unsigned", "twice", "lower"):
            reports[name] = named(name)
            del reports[name]["policies"][0]["policy"]["policy-domain"]
        self.give(
            service, self.sign(header + mail(reports["signed"]), **signed),
            self.sign(header + mail(reports["beside"])),
            header + mail(reports["unsigned"]),
            self.sign(header * 2 + mail(reports["twice"]), **signed),
            self.sign(b"tls-report-domain: " + OURS.upper().encode() +
                      b"\r\n" + mail(reports["lower"]), **signed))
        rows = self.rows(service, 5)
        self.assert_judged({
            "signed": ("counted", "authenticated"),
            "beside": ("foreign", "authenticated"),
            "unsigned": ("foreign", "unsigned"),
            "twice": ("foreign", "authenticated"),
            "lower": ("counted", "authenticated")}, rows)
        for name, row in rows.items():
            self.assertIn("NO_POLICY_DOMAIN", row["deviations"])
            self.assertEqual(row["state"] == "counted",
                             "DOMAIN_OF_HEADER" in row["deviations"], name)
            self.assertEqual(
                OURS if row["state"] == "counted" else None,
                row["policies"][0]["policy"].get("policy-domain"))

    def test_a_post_never_stands_in_the_way(self):
        service = self.receiving()
        changed = json.loads(json.dumps(named("second")))
        changed["policies"][0]["summary"]["total-failure-session-count"] = 0
        self.post(named("first"))
        self.give(service, self.sign(mail(named("second"))))
        self.rows(service, 2)
        self.give(service, self.sign(mail(named("first"))))
        self.post(changed)
        def found():
            rows = service.cli_json("inbox", "list")
            return rows if len(rows) == 4 else None
        rows = wait_until(found, "all four")
        self.assertEqual({
            ("first", "https"): ("duplicate", "unauthenticated"),
            ("first", "lmtp"): ("counted", "authenticated"),
            ("second", "lmtp"): ("counted", "authenticated"),
            ("second", "https"): ("contradicted", "unauthenticated"),
        }, {(r["report-id"], r["way"]): (r["state"], r["verdict"])
            for r in rows})


class Later(Judge):
    """Mails whose keys cannot be had at once, or no more."""

    def test_a_name_server_that_is_back(self):
        service = self.receiving(dns__timeout="1s")
        self.names.stop()
        self.give(service, self.sign(mail(named("late"))), mail(named("none")))
        self.assert_judged({
            "late": ("waiting", "", "key-unknown"),
            "none": ("untrusted", "unsigned"),
        }, self.rows(service, 2, but=()))
        self.post(named("late"))
        self.rows_of_late(service, {"lmtp": "waiting", "https": "counted"})
        self.names.start()
        self.restart(service, NOON + 120)
        self.rows_of_late(service, {"lmtp": "counted", "https": "duplicate"})

    def rows_of_late(self, service, want):
        """Until the states are these, by way."""
        wait_until(lambda: want == {
            r["way"]: r["state"] for r in service.cli_json("inbox", "list")
            if r["report-id"] == "late"}, f"{want}")

    def test_a_name_server_that_stays_away(self):
        service = self.receiving(dns__timeout="500ms")
        self.names.stop()
        self.give(service, self.sign(mail(named("lost"))))
        self.rows(service, 1, but=())
        self.restart(service, NOON + 2 * DAY_S)
        row, = self.rows(service, 1, but=()).values()
        self.assertEqual("waiting", row["state"])
        self.restart(service, NOON + 4 * DAY_S)
        self.assert_judged(
            {"lost": ("untrusted", "unverifiable", "key-unknown")},
            self.rows(service, 1))

    def test_what_lay_in_a_file_for_long(self):
        service = self.receiving()
        at = self.folder()
        old = self.sign(mail(named("old")).replace(
            b"02 Mar 2026", b"02 Feb 2026"), selector="gone")
        new = self.sign(mail(named("new")), selector="gone")
        good = self.sign(mail(named("good")))
        for name, message in (("old", old), ("new", new), ("good", good)):
            # As a file of Unix has it.
            (at / name).write_bytes(message.replace(b"\r\n", b"\n"))
        self.assertEqual((OK, ""), service.cli("import", str(at))[::2])
        self.assert_judged({
            "old": ("untrusted", "unverifiable", "key-gone"),
            "new": ("untrusted", "failed", "signature-fails"),
            "good": ("counted", "authenticated"),
        }, self.rows(service, 3))

    def test_nothing_is_looked_up(self):
        service = self.receiving(dns__resolver="none")
        self.give(service, self.sign(mail(named("any"))))
        self.assert_judged(
            {"any": ("untrusted", "unverifiable", "key-unknown")},
            self.rows(service, 1))

    def test_our_mail_server_verified_it(self):
        message = self.sign(mail(named("told")), selector="gone")
        said = (b"Authentication-Results: mx.ours.example; dkim=pass "
                b"header.d=company-x.example header.s=gone\r\n")
        foreign = said.replace(b"mx.ours", b"mx.theirs")
        service = self.receiving(intake__authserv_id="mx.ours.example")
        self.give(service, said + message,
                  foreign + self.sign(mail(named("forged")), selector="gone"))
        self.assert_judged({
            "told": ("counted", "authenticated", "mail-server"),
            "forged": ("untrusted", "failed"),
        }, self.rows(service, 2))
        silent = self.receiving()
        self.give(silent, said + message)
        self.assert_judged({"told": ("untrusted", "failed")},
                           self.rows(silent, 1))


class Back(Judge):
    """Mails of ours that came back."""

    BOUNCE = "tls-bounces@sender.example"

    def sql(self, service, statement, *values):
        """Behind everybody's back."""
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            with store:
                return store.execute(statement, values).fetchall()

    def queue(self, service, delivery, ended=2):
        """A delivery that was handed over in one attempt."""
        self.sql(service,
                 "INSERT INTO delivery (delivery_id, report_id, uri, host,"
                 " state, queued_at, due_at, attempts, first_at, done_at)"
                 " VALUES (?, ?, 'mailto:tls@a.example', 'a.example', ?, 1, 1,"
                 " 1, 1, 2)", delivery, delivery, HANDED_OVER)
        self.sql(service,
                 "INSERT INTO delivery_attempt (delivery_id, attempt,"
                 " started_at, ended_at, status, answer)"
                 " VALUES (?, 1, 1, ?, 250, '250 queued')", delivery, ended)

    def test_they_suppress_the_mailbox(self):
        service = self.receiving(deliver__bounce_address=self.BOUNCE,
                                 deliver__bounce_after="2")
        ids = [f"0195f2b0-1c2d-7e3f-8a4b-{n:012x}" for n in range(3)]
        for delivery, name in zip(ids, ("postfix-failed.eml", "gmail.eml",
                                        "vacation.eml")):
            self.queue(service, delivery)
            self.give(service, (DSN / name).read_bytes().replace(
                CORPUS_ID.encode(), delivery.encode()),
                recipient=f"tls-bounces+{delivery}-1@sender.example")
        wait_until(lambda: self.sql(service, "SELECT * FROM suppression"),
                   "the mailbox is suppressed")
        (kind, value), = self.sql(service,
                                  "SELECT kind, value FROM suppression")
        self.assertEqual(("rua", "mailto:tls@a.example"), (kind, value))
        self.assertEqual(
            [(GIVEN_UP,), (GIVEN_UP,), (HANDED_OVER,)],
            self.sql(service,
                     "SELECT state FROM delivery ORDER BY delivery_id"))
        # What says nothing of a delivery is kept for a look at it.
        row, = self.rows(service, 1).values()
        self.assertEqual("unreadable", row["state"])

    def test_one_is_imported(self):
        service = self.receiving(deliver__bounce_address=self.BOUNCE)
        self.queue(service, CORPUS_ID)
        self.assertEqual((OK, ""), service.cli(
            "import", "-",
            stdin=(DSN / "postfix-failed.eml").read_bytes())[:2])
        self.assertEqual([(GIVEN_UP,)],
                         self.sql(service, "SELECT state FROM delivery"))
        self.assertEqual([], service.cli_json("inbox", "list"))

    def test_one_that_is_too_early_waits(self):
        service = self.receiving(deliver__bounce_address=self.BOUNCE)
        self.queue(service, CORPUS_ID, ended=None)
        self.sql(service, "UPDATE delivery SET worker = 'x', due_at = ?,"
                 " done_at = NULL", NOON + 3600)
        self.give(service, (DSN / "postfix-failed.eml").read_bytes(),
                  recipient=f"tls-bounces+{CORPUS_ID}-1@sender.example")
        row, = self.rows(service, 1, but=()).values()
        self.assertEqual("waiting", row["state"])
        self.sql(service, "UPDATE delivery SET worker = '', done_at = 2")
        self.sql(service, "UPDATE delivery_attempt SET ended_at = 2")
        self.restart(service, NOON + 120)
        wait_until(lambda: service.cli_json("inbox", "list") == [],
                   "it was seen to")
        self.assertEqual([(GIVEN_UP,)],
                         self.sql(service, "SELECT state FROM delivery"))
        self.assertEqual([(0,)],
                         self.sql(service, "SELECT COUNT(*) FROM inbox_raw"))


class Mailbox(Judge):
    """Of mails that lie in a mailbox of a real Dovecot."""

    USER, PASSWORD = f"tls@{OURS}", "secret"

    def fetching(self, *messages):
        """A service that fetches them."""
        dovecot = Dovecot({self.USER: self.PASSWORD}, imap=True)
        self.addCleanup(dovecot.close)
        password = dovecot.folder / "password"
        password.write_text(self.PASSWORD + "\n")
        password.chmod(0o600)
        service = self.receiving(
            intake__imap=f"imaps://{self.USER.replace('@', '%40')}@127.0.0.1:"
                         f"{dovecot.imaps_port}/INBOX={password}",
            intake__imap_period="100ms",
            intake__imap_ca_file=str(dovecot.ca))
        with smtplib.LMTP("127.0.0.1", dovecot.lmtp_port) as lmtp:
            for message in messages:
                lmtp.sendmail(f"bounces@{REPORTER}", [self.USER], message)
        return service

    def test_signatures_are_judged_as_they_were_signed(self):
        changed = self.sign(mail(named("changed"))).replace(
            b"A report.", b"No report.")
        service = self.fetching(
            self.sign(mail(named("rsa"))),
            self.sign(mail(named("ed25519")), "e1", key=None),
            self.sign(mail(named("other")), domain=OTHER),
            changed, mail(named("unsigned")))
        rows = self.rows(service, 5)
        self.assert_judged({
            "rsa": ("counted", "authenticated",
                    f"dkim=pass d={REPORTER} s=r2048 dnssec=secure"),
            "ed25519": ("counted", "authenticated",
                        f"dkim=pass d={REPORTER} s=e1 dnssec=secure"),
            "other": ("untrusted", "unaligned", "from-unaligned"),
            "changed": ("untrusted", "failed", "dkim=fail reason=body"),
            "unsigned": ("untrusted", "unsigned", "no-signature")}, rows)
        for row in rows.values():
            self.assertEqual(("imap", 5326, 303), tuple(row[k] for k in (
                "way", "total-successful-session-count",
                "total-failure-session-count")))

    def test_a_post_of_the_same_report_gives_way(self):
        service = self.fetching(self.sign(mail(named("one"))))
        self.rows(service, 1)
        self.post(named("one"))
        def rows():
            found = service.cli_json("inbox", "list")
            return found if len(found) == 2 else None
        self.assertEqual(
            [("https", "duplicate"), ("imap", "counted")],
            sorted((r["way"], r["state"]) for r in wait_until(
                rows, "both are in the inbox")))


class RoundTrip(Judge):
    """From one instance to another, by a real Postfix."""

    def test_our_own_reports_are_authenticated(self):
        receiver = self.receiving()
        postfix = Postfix(f"lmtp:unix:{receiver.folder / 'lmtp'}")
        self.addCleanup(postfix.close)
        self.reach(receiver)
        at = self.folder()
        (at / "key.pem").write_bytes(self.rsa[2048][0])
        (at / "key.pem").chmod(0o600)
        domain = CONTACT.partition("@")[2]
        self.names.texts[f"own._domainkey.{domain}"] = [
            f"v=DKIM1; k=rsa; s=tlsrpt; p={self.rsa[2048][1]}"]
        record = f"v=TLSRPTv1; rua=mailto:tls@{OURS}"
        self.names.texts[f"_smtp._tls.{OURS}"] = [record]
        self.names.load()
        sender = self.service(
            report__dkim_keys=f"own:{at / 'key.pem'}", deliver__mode="on",
            dns__resolver=self.names.address, deliver__delay_min="0s",
            deliver__sendmail=" ".join(postfix.sendmail),
            deliver__delay_max="0s").start()
        failed = json.loads(failure(OURS))
        failed["pr"] = record
        sender.send(*([session(OURS, pr=record)] * 7),
                    *([json.dumps(failed).encode()] * 3))
        sender.wait_received(10)
        sender.close_day()
        report, = sender.reports()
        row, = self.rows(receiver, 1).values()
        # There it is noon still.
        self.assertEqual(
            ("counted", "authenticated", domain, report.value["report-id"],
             7, 3, ["END_IN_FUTURE"]),
            tuple(row[k] for k in (
                "state", "verdict", "submitter", "report-id",
                "total-successful-session-count",
                "total-failure-session-count", "deviations")))

    def reach(self, service):
        """Postfix's user may come to the socket."""
        service.folder.chmod(0o711)
        (service.folder / "lmtp").chmod(0o666)


if __name__ == "__main__":
    unittest.main()
