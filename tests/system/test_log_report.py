"""test_log_report.py -- collect.logs_in_reports: sessions that only logs tell of
in our reports, each once, and those alone whose policy is known. What domains
publish comes from a real name server that signs and a real nginx."""

import contextlib
import hashlib
import os
import pathlib
import shutil
import signal
import sqlite3
import sys
import tempfile
import unittest

from harness import (DAY, DAY_S, DAY_START, NOON, TESTS, SystemTest, session,
                     wait_until)
from nameserver import NameServer
from test_check import POLICY
from test_tail import at
from test_watch import PolicyHost

sys.path.insert(0, str(TESTS / "support"))
import certificates  # noqa: E402  pylint: disable=wrong-import-position

DIGEST = hashlib.sha256(b"a key").hexdigest()
BARE, STS, DANE, BOTH, MUTE, LATE = (
    f"{name}.example" for name in ("bare", "sts", "dane", "both", "mute",
                                   "late"))
IP = "192.0.2.1"


def mx_of(domain):
    """The one host of the domain."""
    return f"mx.{domain}"


def tls(second, domain, word="Trusted"):
    """A connection comes up."""
    return at(second, 12, f"{word} TLS connection established to "
              f"{mx_of(domain)}[{IP}]:25: TLSv1.3 with cipher "
              "TLS_AES_256_GCM_SHA384 (256/256 bits)")


def delivery(second, domain, level):
    """A mail of its own is sent."""
    return at(second, 12, f"{second:08X}: to=<x@{domain}>, "
              f"relay={mx_of(domain)}[{IP}]:25, delay=0.1, "
              f"delays=0/0/0.1/0, {level}dsn=2.0.0, status=sent (250 ok)")


def encrypted(second, domain):
    """Both."""
    return tls(second, domain) + delivery(second, domain, "tls=may, ")


def verified(second, domain):
    """As a policy demands."""
    return (tls(second, domain, "Verified") +
            delivery(second, domain, "tls=secure, "))


def clear(second, domain):
    """One in clear text."""
    return delivery(second, domain, "tls=may:none, ")


def told(second, domain):
    """Encrypted, and there was a datagram about it."""
    return (tls(second, domain) +
            at(second, 12, f"TLSRPT: status=success, domain={domain}, "
               f"receiving_mx={mx_of(domain)}[{IP}]") +
            delivery(second, domain, "tls=may, "))


def names():
    """Six domains."""
    texts, records = {}, {}
    for domain in (BARE, STS, DANE, BOTH, MUTE, LATE):
        records[domain] = [f"MX 10 {mx_of(domain)}."]
        records[mx_of(domain)] = [f"A {IP}"]
        texts[f"_smtp._tls.{domain}"] = [
            f"v=TLSRPTv1; rua=mailto:tls@{domain}"]
    del texts[f"_smtp._tls.{MUTE}"]
    for domain in (STS, BOTH):
        texts[f"_mta-sts.{domain}"] = ["v=STSv1; id=1"]
        records[f"mta-sts.{domain}"] = ["A 127.0.0.1"]
    for domain in (DANE, BOTH):
        records[f"_25._tcp.{mx_of(domain)}"] = [f"TLSA 3 1 1 {DIGEST}"]
    return NameServer(texts=texts, records=records)


class LogReport(SystemTest):
    """A log of one MTA."""

    @classmethod
    def setUpClass(cls):
        cls.certs = pathlib.Path(tempfile.mkdtemp(prefix="tlsrpt-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.certs)
        certificates.make(cls.certs, "ca", None)
        certificates.make(cls.certs, "policy",
                          f"DNS:mta-sts.{STS},DNS:mta-sts.{BOTH}", "ca")

    def setUp(self):
        self.names = names()
        self.addCleanup(self.names.close)
        self.policy = PolicyHost(
            self.certs, POLICY.format(mode="enforce", mx="*.sts.example"))
        self.addCleanup(self.policy.close)
        self.log = self.folder() / "mail.log"
        self.log.touch()

    def write(self, *lines):
        """More lines at the end of the log."""
        with open(self.log, "a", encoding="utf-8") as log:
            log.write("".join(lines))

    def reporting(self, **options):
        """The service, which follows the log."""
        options = {"collect__logs_in_reports": "yes",
                   "watch__allow_networks": "127.0.0.0/8"} | options
        return self.service(
            daemon__roles="collect, watch, report, deliver",
            collect__logs=str(self.log),
            watch__https_port=self.policy.port,
            watch__ca_file=self.certs / "ca.pem",
            dns__resolver=self.names.address,
            dns__trust_anchor=self.names.anchor, dns__timeout="2s",
            **options).start()

    def levels(self, service, domain, day=DAY):
        """(tls, sessions, datagrams, settled, in reports) of the rows."""
        return sorted((v["tls"], v["sessions"], v["datagrams"], v["settled"],
                       v["in-reports"]) for v in service.cli_json(
                           "log", "list", "--day", day, "--domain", domain))

    def wait_settled(self, service, domain, want, day=DAY):
        """Until the rows are those."""
        wait_until(lambda: self.levels(service, domain, day) == want,
                   f"{domain} is settled: {want}")

    def looked_at(self, service, domain):
        """When the store has it that the domain was looked at; 0: never."""
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            return store.execute("SELECT MAX(looked_at) FROM log_level WHERE "
                                 "domain = ?", (domain,)).fetchone()[0]

    def report_of(self, service, domain):
        """The policies of the one report about the domain."""
        found = [r.value for r in service.reports()
                 if r.value["policies"][0]["policy"]["policy-domain"]
                 in (domain, mx_of(domain))]
        self.assertEqual(1, len(found), domain)
        return found[0]["policies"]

    def test_a_domain_without_a_policy(self):
        """Encrypted twice, by a datagram once more, and in clear text once."""
        self.write(encrypted(0, BARE), encrypted(1, BARE), told(2, BARE),
                   clear(3, BARE))
        service = self.reporting()
        service.send(session(BARE))
        self.wait_settled(service, BARE, [("encrypted", 3, 1, 2, 2),
                                          ("none", 1, 0, 1, 1)])
        service.wait_received(1)
        service.close_day()
        self.assertEqual([{
            "policy": {"policy-type": "no-policy-found",
                       "policy-domain": BARE},
            "summary": {"total-successful-session-count": 3,
                        "total-failure-session-count": 1},
            "failure-details": [{
                "result-type": "starttls-not-supported",
                "receiving-mx-hostname": mx_of(BARE), "receiving-ip": IP,
                "failed-session-count": 1}],
        }], self.report_of(service, BARE))

    def test_policies_that_are_published(self):
        """With one the log has to say that the server was verified; with two
        nobody can tell by which."""
        for domain in (STS, DANE, BOTH):
            self.write(verified(0, domain),
                       encrypted(1, domain), clear(2, domain))
        service = self.reporting()
        for domain in (STS, DANE):
            self.wait_settled(service, domain, [
                ("encrypted", 1, 0, 1, 0), ("none", 1, 0, 1, 0),
                ("verified", 1, 0, 1, 1)])
        self.wait_settled(service, BOTH, [
            ("encrypted", 1, 0, 1, 0), ("none", 1, 0, 1, 0),
            ("verified", 1, 0, 1, 0)])
        service.close_day()
        one = {"total-successful-session-count": 1,
               "total-failure-session-count": 0}
        self.assertEqual([{
            "policy": {"policy-type": "sts", "policy-domain": STS,
                       "policy-string": ["version: STSv1", "mode: enforce",
                                         "mx: *.sts.example",
                                         "max_age: 86400"],
                       "mx-host": ["*.sts.example"]},
            "summary": one}], self.report_of(service, STS))
        self.assertEqual([{
            "policy": {"policy-type": "tlsa", "policy-domain": mx_of(DANE),
                       "policy-string": [f"3 1 1 {DIGEST.upper()}"]},
            "summary": one}], self.report_of(service, DANE))
        self.assertEqual(2, len(service.reports()))

    def test_nobody_asked_for_reports(self):
        self.write(encrypted(0, MUTE), clear(1, MUTE))
        service = self.reporting()
        self.wait_settled(service, MUTE, [("encrypted", 1, 0, 1, 0),
                                          ("none", 1, 0, 1, 0)])
        self.assertEqual([], service.tallies())

    def test_off_unless_it_is_switched_on(self):
        self.write(encrypted(0, BARE))
        service = self.reporting(collect__logs_in_reports="no")
        rows = [("encrypted", 1, 0, 0, 0)]
        self.wait_settled(service, BARE, rows)
        service.options["collect.logs_in_reports"] = "yes"
        service.write_config()
        service.signal(signal.SIGHUP)
        self.wait_settled(service, BARE, [("encrypted", 1, 0, 1, 1)])

    def test_no_answer_is_no_policy(self):
        """A policy host that is down, or that is where we do not go: the
        sessions wait."""
        self.policy.stop()
        self.write(verified(0, STS), encrypted(1, BARE))
        service = self.reporting()
        rows = [("verified", 1, 0, 0, 0)]
        self.wait_settled(service, BARE, [("encrypted", 1, 0, 1, 1)])
        self.assertEqual(rows, self.levels(service, STS))
        self.policy.start()
        service.restart(NOON + 1800)
        self.write(encrypted(1900, BARE))
        self.assertEqual(rows, self.levels(service, STS))
        service.restart(NOON + 3700)
        self.wait_settled(service, STS, [("verified", 1, 0, 1, 1)])

    def test_a_private_address_is_not_gone_to(self):
        self.write(verified(0, STS), encrypted(1, BARE))
        service = self.reporting(watch__allow_networks="")
        self.wait_settled(service, BARE, [("encrypted", 1, 0, 1, 1)])
        wait_until(lambda: self.looked_at(service, STS), "it was looked at")
        self.assertEqual([("verified", 1, 0, 0, 0)],
                         self.levels(service, STS))

    def test_the_rest_of_a_day(self):
        """What came after the last look goes into the same day's report when
        the day is over; what is later than that does not."""
        midnight = DAY_S // 2
        self.write(encrypted(0, BARE))
        service = self.reporting()
        self.wait_settled(service, BARE, [("encrypted", 1, 0, 1, 1)])
        self.write(encrypted(midnight - 60, BARE))
        service.restart(DAY_START + DAY_S - 50)
        self.wait_settled(service, BARE, [("encrypted", 2, 0, 2, 2)])
        self.write(encrypted(midnight - 10, BARE))
        wait_until(lambda: self.levels(service, BARE) ==
                   [("encrypted", 3, 0, 2, 2)], "the log is read")
        service.restart(DAY_START + DAY_S + 600)
        self.wait_settled(service, BARE, [("encrypted", 3, 0, 3, 3)])
        service.close_day()
        self.assertEqual(3, sum(
            r.value["policies"][0]["summary"]["total-successful-session-count"]
            for r in service.reports()))

    def test_killed_again_and_again(self):
        """Each session counts once."""
        service = self.reporting()
        for second in range(6):
            self.write(encrypted(second, BARE), clear(second, LATE))
            os.kill(wait_until(lambda: service.role_pid("watch"),
                               "the role is there"), signal.SIGKILL)
        wait_until(lambda: sum(v[1] for v in self.levels(service, BARE)) == 6,
                   "the log is read")
        service.restart(NOON + 3700)
        self.wait_settled(service, BARE, [("encrypted", 6, 0, 6, 6)])
        self.wait_settled(service, LATE, [("none", 6, 0, 6, 6)])
        self.assertEqual(
            {BARE: [6, 0], LATE: [0, 6]},
            {t["domain"]: [
                t["policies"][0]["summary"][f"total-{word}-session-count"]
                for word in ("successful", "failure")]
             for t in service.tallies()})


if __name__ == "__main__":
    unittest.main()
