"""test_watch.py -- role watch: what domains publish, by date, out of a real name
server that signs and a real nginx with a policy."""

import datetime
import hashlib
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest

from harness import (NOON, OK, TESTS, USAGE, SystemTest, wait_until)
from nameserver import NameServer
from ports import free_port
from test_check import NGINX_CONF, POLICY, Script
from https_receiver import NGINX

sys.path.insert(0, str(TESTS / "support"))
import certificates  # noqa: E402  pylint: disable=wrong-import-position

DOMAIN = "a.example"
MX, NEW_MX = "mx.a.example", "mx2.a.example"
DIGEST = hashlib.sha256(b"a key").hexdigest()
DAY_S = 86400


class PolicyHost:
    """An nginx with one policy. Close it."""

    def __init__(self, certs, text):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tlsrpt-test-"))
        self.port = free_port()
        self.process = None
        at = self.folder / "www" / ".well-known"
        at.mkdir(parents=True)
        self.file = at / "mta-sts.txt"
        for end in ("pem", "key"):
            shutil.copy(certs / f"policy.{end}", self.folder)
        for folder in (self.folder, self.folder / "www", at):
            folder.chmod(0o755)
        (self.folder / "conf").write_text(NGINX_CONF.format(
            folder=self.folder, port=self.port, certificate="policy"))
        self.publish(text)
        self.start()

    def publish(self, text):
        """The policy is that from now on."""
        new = self.file.with_suffix(".new")
        new.write_bytes(text.encode())
        new.chmod(0o644)
        new.rename(self.file)

    def is_up(self):
        """Whether it listens."""
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self):
        """Start it, or start it again."""
        self.process = subprocess.Popen(
            [NGINX, "-c", str(self.folder / "conf"), "-e",
             str(self.folder / "error.log")], stderr=subprocess.DEVNULL)
        wait_until(self.is_up, "nginx listens")

    def stop(self):
        """End it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def close(self):
        """Leave nothing."""
        self.stop()
        shutil.rmtree(self.folder)


class Watch(SystemTest):
    """A domain of ours, and who looks at it each second."""

    @classmethod
    def setUpClass(cls):
        cls.certs = pathlib.Path(tempfile.mkdtemp(prefix="tlsrpt-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.certs)
        certificates.make(cls.certs, "ca", None)
        certificates.make(cls.certs, "policy", f"DNS:mta-sts.{DOMAIN}", "ca")
        certificates.make(cls.certs, "good", f"DNS:{MX}", "ca")

    def setUp(self):
        self.names = NameServer(
            texts={f"_smtp._tls.{DOMAIN}":
                   ["v=TLSRPTv1; rua=mailto:tls@a.example"],
                   f"_mta-sts.{DOMAIN}": ["v=STSv1; id=1"]},
            records={DOMAIN: [f"MX 10 {MX}."],
                     MX: ["A 127.0.0.1", "AAAA ::1"],
                     NEW_MX: ["A 127.0.0.2"],
                     f"mta-sts.{DOMAIN}": ["A 127.0.0.1"],
                     f"_25._tcp.{MX}": [f"TLSA 3 1 1 {DIGEST}"]})
        self.addCleanup(self.names.close)
        self.policy = PolicyHost(self.certs,
                                 POLICY.format(mode="testing", mx=MX))
        self.addCleanup(self.policy.close)

    def watching(self, **options):
        """The service; the domain was added to it."""
        service = self.service(
            daemon__roles="collect, watch", watch__every="1s",
            watch__https_port=self.policy.port,
            watch__ca_file=self.certs / "ca.pem",
            dns__resolver=self.names.address,
            dns__trust_anchor=self.names.anchor, dns__timeout="2s", **options)
        service.start()
        self.assertEqual((OK, "", ""), service.cli("domain", "add", DOMAIN))
        return service

    def history(self, service, *options):
        return service.cli_json("domain", "history", *options, DOMAIN)

    def values(self, service, kind, host=None):
        """Of one thing, in the order of time."""
        return [v for v in self.history(service)["published"]
                if v["kind"] == kind and v.get("host") == host]

    def wait_values(self, service, kind, n, host=None):
        """Until there are so many."""
        return wait_until(
            lambda: len(values := self.values(service, kind, host)) == n
            and values, f"{n} values of {kind}")

    def wait_looked(self, service):
        """Until it was looked at twice from now on: the second time it was
        begun later."""
        for _ in range(2):
            before = self.history(service).get("looked-at", "")
            wait_until(lambda b=before:
                       self.history(service).get("looked-at", "") > b,
                       "it is looked at")

    def day_of(self, time):
        """A time as JSON has it: days since the first of the story."""
        return (datetime.datetime.fromisoformat(time[:-1] + "+00:00").date() -
                datetime.datetime.fromtimestamp(
                    NOON, datetime.timezone.utc).date()).days

    def test_what_is_published(self):
        service = self.watching()
        self.wait_values(service, "tlsa", 1, MX)
        said = self.history(service)
        self.assertEqual([], said["not-measured"])
        self.assertEqual(
            [("mx", None, [f"10 {MX}"], "secure"),
             ("tlsrpt", None, ["v=TLSRPTv1; rua=mailto:tls@a.example"],
              "secure"),
             ("mta-sts", None, ["v=STSv1; id=1"], "secure"),
             ("policy", None, ["version: STSv1", "mode: testing", f"mx: {MX}",
                               "max_age: 86400"], None),
             ("address", MX, ["127.0.0.1", "::1"], "secure"),
             ("tlsa", MX, [f"3 1 1 {DIGEST}"], "secure")],
            [(v["kind"], v.get("host"), v["value"], v.get("dnssec"))
             for v in said["published"]])
        code, out, err = service.cli("domain", "history", DOMAIN)
        self.assertEqual((OK, ""), (code, err))
        self.assertIn(f"    10 {MX}\n", out)
        self.assertIn("(DNSSEC: secure)", out)
        self.assertNotIn("not measured", out)

    def test_a_change_has_a_date(self):
        """The old value and the new one, each with its days."""
        service = self.watching()
        self.wait_values(service, "tlsa", 1, MX)
        service.stop()
        self.names.records[DOMAIN] = [f"MX 10 {NEW_MX}."]
        self.names.texts[f"_smtp._tls.{DOMAIN}"] = []
        self.names.load()
        self.policy.publish(POLICY.format(mode="enforce", mx=NEW_MX))
        service.set_clock(NOON + 2 * DAY_S)
        service.start()
        self.wait_values(service, "address", 1, NEW_MX)
        for kind, want in (
                ("mx", [[f"10 {MX}"], [f"10 {NEW_MX}"]]),
                ("tlsrpt", [["v=TLSRPTv1; rua=mailto:tls@a.example"], []]),
                ("policy", [["version: STSv1", f"mode: {mode}", f"mx: {mx}",
                             "max_age: 86400"]
                            for mode, mx in (("testing", MX),
                                             ("enforce", NEW_MX))])):
            with self.subTest(kind=kind):
                old, new = self.values(service, kind)
                self.assertEqual(want, [old["value"], new["value"]])
                self.assertEqual((0, 0, 2, 2), tuple(
                    self.day_of(v[seen]) for v in (old, new)
                    for seen in ("first-seen", "last-seen")))
        # What the domain does not publish any more was seen on the first day.
        gone, = self.values(service, "address", MX)
        self.assertEqual(0, self.day_of(gone["last-seen"]))
        service.wait_logged("what a domain publishes has changed", 'kind="mx"',
                            NEW_MX)
        # The record is gone: nobody has to fall silent first.
        self.assertEqual(OK, service.cli("finding", "judge")[0])
        found, = service.cli_json("finding", "list")
        self.assertEqual(
            ("record-vanished", DOMAIN, "configuration", "high"),
            tuple(found[k] for k in ("kind", "domain", "conclusion",
                                     "confidence")))
        self.assertEqual(
            [("own-look", "v=TLSRPTv1; rua=mailto:tls@a.example\n"),
             ("own-look", "none")],
            [(r["trust"], r["detail"]) for r in found["evidence"]])
        since = datetime.datetime.fromtimestamp(
            NOON + DAY_S, datetime.timezone.utc).date().isoformat()
        self.assertNotIn(MX, [
            v.get("host") for v in
            self.history(service, "--since", since)["published"]])

    def test_what_is_away_is_not_measured(self):
        """First the policy's host, then the name server: no value changes."""
        service = self.watching()
        self.wait_values(service, "tlsa", 1, MX)
        self.policy.stop()
        said = wait_until(
            lambda: (h := self.history(service))["not-measured"] and h,
            "the policy is not measured")
        [line] = said["not-measured"]
        self.assertTrue(line.startswith("policy: "), line)
        self.names.stop()
        said = wait_until(
            lambda: len((h := self.history(service))["not-measured"]) == 3
            and h, "nothing is measured")
        self.assertEqual(["mx", "tlsrpt", "mta-sts"], [
            line.split(":")[0] for line in said["not-measured"]])
        self.wait_looked(service)
        after = self.history(service)
        self.assertEqual(said["published"], after["published"])
        self.assertEqual(6, len(after["published"]))
        self.names.start()
        self.policy.start()
        said = wait_until(
            lambda: not (h := self.history(service))["not-measured"] and h,
            "all is measured again")
        self.assertEqual(
            [(v["kind"], v["value"], v["first-seen"])
             for v in after["published"]],
            [(v["kind"], v["value"], v["first-seen"])
             for v in said["published"]])

    def test_mail_servers_are_left_alone(self):
        """Unless it is switched on; and then: EHLO, STARTTLS, QUIT."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certs / "good.pem",
                                self.certs / "good.key")
        server = Script(context=context)
        self.addCleanup(server.close)
        service = self.watching(watch__smtp_port=server.port)
        self.wait_values(service, "tlsa", 1, MX)
        self.wait_looked(service)
        self.assertEqual([], server.commands)
        service.options["watch.smtp"] = "yes"
        service.write_config()
        service.stop()
        service.start()
        value, = self.wait_values(service, "smtp", 1, MX)
        self.assertEqual("TLSv1.3", value["value"][0])
        self.assertIn("certificate trusted, until ", value["value"][1])
        self.assertEqual([b"EHLO", b"STARTTLS", b"QUIT"], server.commands[:3])
        self.wait_looked(service)
        self.assertEqual(1, len(self.values(service, "smtp", MX)))

    def test_it_ends_while_it_waits(self):
        """A name server that is silent keeps it for no longer than a second
        or two."""
        with socket.socket(type=socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            service = self.service(
                daemon__roles="collect, watch", watch__every="1s",
                dns__resolver=f"127.0.0.1@{silent.getsockname()[1]}",
                dns__timeout="5m")
            service.start()
            self.assertEqual((OK, "", ""),
                             service.cli("domain", "add", DOMAIN))
            silent.settimeout(30)
            silent.recv(1)
            before = datetime.datetime.now()
            self.assertEqual(OK, service.stop())
            self.assertLess((datetime.datetime.now() - before).seconds, 15)

    def test_words(self):
        service = self.service(daemon__roles="collect").start()
        code, out, err = service.cli("domain", "history", DOMAIN)
        self.assertEqual((OK, f"{DOMAIN} was not looked at yet\n", ""),
                         (code, out, err))
        for arguments in (["a b"], ["--since", "soon", DOMAIN]):
            self.assertEqual(
                USAGE, service.cli("domain", "history", *arguments)[0])


if __name__ == "__main__":
    unittest.main()
