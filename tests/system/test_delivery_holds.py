"""test_delivery_holds.py -- deliveries when something dies, hangs, jumps or was
never right: by HTTPS to a real nginx, by mail to a sendmail program and to an
SMTP server that do as the test says."""

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import unittest
from collections import Counter

from disks import Disk
from harness import (CONFIG, CONTACT, DATA, DAY, DAY_S, NOON, OK, TESTS,
                     TLSRPTD, SystemTest, run_cli, session, wait_until)
from https_receiver import Receiver
from nameserver import NameServer

KEYS = TESTS / "support" / "keys"
SMTP_SERVER = TESTS / "support" / "smtp_server.py"
PGSQL = TESTS / "contract" / "pgsql"
TOMORROW = NOON + DAY_S
HOUR_S = 3600
LEASE_S = 2 * 60 + 300  # twice the default timeout, and the margin
END_S = 15  # what an end may take, with all patience for what goes on
E_RECORD = "e1._domainkey.sender.example"


def wanting(rua):
    """A record that has reports sent there."""
    return f"v=TLSRPTv1; rua={rua}"


class Holds(SystemTest):
    """What all these have."""

    def setUp(self):
        self.at = self.folder()
        self.words = []
        for selector, name in (("r1", "rsa2048.pem"), ("e1", "rfc8463.pem")):
            shutil.copy(KEYS / name, self.at / name)
            (self.at / name).chmod(0o600)
            self.words.append(f"{selector}:{self.at / name}")
        self.taken = self.at / "taken"
        self.taken.touch()

    def program(self, *lines, name="sendmail"):
        """A sendmail program: a shell script, $to is the recipient. What it
        has taken stands in self.taken."""
        path = self.at / name
        path.write_text("#!/bin/sh\nfor to; do :; done\n" + "".join(
            line + "\n" for line in lines or [self.take]))
        path.chmod(0o755)
        return str(path)

    @property
    def take(self):
        """What takes a mail, in that script."""
        return f'cat >/dev/null && echo "$to" >>{self.taken}'

    def took(self):
        """Who got a mail, and how many."""
        return Counter(self.taken.read_text().split())

    def mailing(self, *domains, now=NOON, **options):
        """A service that has signed reports of a day for tls@DOMAIN each; it
        sends without delay."""
        service = self.service(now=now, **{
            "report__dkim_keys": ", ".join(self.words),
            "deliver__mode": "on",
            "deliver__delay_min": "0s",
            "deliver__delay_max": "0s",
            "deliver__sendmail": options.pop("program", None)
                                 or self.program(),
            **options}).start()
        self.fill(service, {d: f"mailto:tls@{d}" for d in domains})
        return service

    def fill(self, service, ruas):
        """A session of each domain, whose reports go to that rua; then the day
        closes."""
        if not ruas:
            return
        service.send(*(session(d, pr=wanting(r)) for d, r in ruas.items()))
        service.wait_received(len(ruas))
        service.close_day()

    def deliveries(self, service):
        """By the report's domain."""
        return {d["domain"]: d for d in service.cli_json("delivery", "list")}

    def settled(self, service, states):
        """The deliveries once their states are those, by domain."""
        def found():
            now = self.deliveries(service)
            return now if {n: d["state"] for n, d in now.items()} == states \
                else None
        try:
            return wait_until(found, f"deliveries are {states}")
        except AssertionError as fault:
            raise AssertionError(
                f"{fault}; they are {self.deliveries(service)}") from None

    def tried(self, service, delivery):
        """The attempts."""
        return service.cli_json("delivery", "show",
                                delivery["delivery"])["tried"]

    def ended_in_time(self, service):
        """TERM, and no longer than it may take."""
        began = time.monotonic()
        self.assertEqual(OK, service.stop(), service.log_text())
        self.assertLess(time.monotonic() - began, END_S)


class Destinations(Holds):
    """What strangers write into their records."""

    LONG = "https://long.example/" + "x" * (2000 - 21)
    # Record, and what is shown: destination, state, a part of the reason.
    REFUSED = {
        "user.example": ("https://u:p@user.example/x", "https: a user name"),
        "literal.example": ("https://[::1]/x", "::1 is refused: loopback"),
        "mapped.example": ("https://[::ffff:10.0.0.1]/x",
                           "brackets around what is no IPv6 address"),
        "port.example": ("https://[2001:4860::1]:8443/",
                         "port 8443 is refused"),
        "twice.example": ("mailto:a%252Cb@twice.example",
                          "percent-encoded twice"),
        "label.example": ("mailto:tls@localhost", "a host of one label"),
        "dot.example": ("https://127.0.0.1./x", "a dot behind the host"),
        "number.example": ("https://127.1/x", "a host that ends in a number"),
        "crlf.example": ("mailto:tls%0D%0ARCPT@crlf.example",
                         "an encoded control character"),
        "nul.example": ("mailto:tls%00@nul.example",
                        "an encoded control character"),
        "dash.example": ("mailto:-oQ/tmp@dash.example", '"-" in front'),
        "quoted.example": ("mailto:%22a%20b%22@quoted.example",
                           "a quoted local part"),
        "latin.example": ("mailto:t%C3%A4st@latin.example",
                          "an encoded byte that is not ASCII"),
        "bytes.example": ("mailto:t\u00e4st@bytes.example",
                          "an encoded byte that is not ASCII"),
        "userinfo.example": ("mailto:a@b@userinfo.example",
                             "a host that is no domain name"),
        "ipv6.example": ("mailto:tls@[IPv6:2001:db8::1]",
                         "an address literal"),
        "comma-end.example": ("mailto:a%2C", 'no "@"'),
        "digits.example": ("mailto:tls%zz@digits.example",
                           "percent-encoded twice"),
        "longmail.example": ("mailto:" + "x" * 1970 + "@longmail.example",
                             "an address of more than 254 bytes"),
    }
    # No destination at all.
    IGNORED = {
        "none.example": "https:///x",
        "longer.example": "https://longer.example/" + "x" * 2000,
        "scheme.example": "http://scheme.example/",
    }

    def test_none_of_them_does_harm(self):
        ruas = {**{d: r for d, (r, _) in self.REFUSED.items()},
                **self.IGNORED,
                "long.example": self.LONG,
                "comma.example": "mailto:b@comma.example,"
                                 "mailto:c@comma.example%2Cd@comma.example",
                "subject.example": "mailto:tls@subject.example?subject="
                                   "x%0D%0ABcc:%20a@b.example&to=z@b.example"}
        service = self.mailing()
        self.fill(service, ruas)
        found = self.settled(service, {
            **{d: "given-up" for d in self.REFUSED},
            "comma.example": "handed-over", "subject.example": "handed-over",
            "long.example": "retrying"})
        for domain, (rua, reason) in self.REFUSED.items():
            with self.subTest(domain):
                code, shown, _ = service.cli("delivery", "show",
                                             found[domain]["delivery"])
                self.assertEqual(OK, code)
                self.assertIn(reason, shown)
                self.assertIn(rua.partition("%")[0].partition("\u00e4")[0],
                              shown)
                for tried in self.tried(service, found[domain]):
                    self.assertEqual("", tried["peer"])
        self.assertEqual(self.LONG, found["long.example"]["rua"])
        # One address each, and nothing of what stands behind it.
        wait_until(lambda: len(self.took()) == 4, "four mails are taken")
        self.assertEqual(
            {"b@comma.example": 1, "c@comma.example": 1, "d@comma.example": 1,
             "tls@subject.example": 1}, self.took())
        # And why there is no report about the others.
        _, listed, _ = service.cli("tally", "list", "--day", DAY)
        for domain, rua in self.IGNORED.items():
            with self.subTest(domain):
                lines = listed.splitlines()
                at, = (i for i, line in enumerate(lines)
                       if line.startswith(domain))
                self.assertIn("no destination", lines[at + 1])
                self.assertNotEqual(OK, service.cli(
                    "record", "parse", wanting(rua))[0])


class Posting(Holds):
    """One nginx, which answers as the path says."""

    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def posting(self, *domains, **options):
        """A service whose reports go to /DOMAIN each."""
        service = self.mailing(**{
            "deliver__any_port": "yes",
            "deliver__allow_networks": "127.0.0.0/8",
            "deliver__ca_file": str(self.receiver.ca),
            **options})
        self.fill(service, {d: self.receiver.url("/" + d) for d in domains})
        return service

    def posts(self):
        """How many came to each path."""
        return Counter(p.path.strip("/") for p in self.receiver.posts)


class Folder(Holds):
    """Reports are written as files, whatever becomes of the sending."""

    def test_what_only_sending_needs_is_not_there(self):
        for mode in ("off", "shadow"):
            with self.subTest(mode):
                service = self.mailing(
                    "a.example", deliver__mode=mode,
                    dns__resolver="no.address.example",
                    dns__trust_anchor="/nonexistent")
                self.assertEqual(1, len(service.reports()))
                service.stop()


class ByHttps(Posting):
    """By HTTPS alone."""

    def test_a_peer_that_says_nothing_is_left_in_time(self):
        self.receiver.answers = {"/mute.example": (None, {}, "")}
        with socket.create_server(("127.0.0.1", 0)) as mute:
            service = self.posting(deliver__timeout="1s")
            self.fill(service, {
                "mute.example": self.receiver.url("/mute.example"),
                "deaf.example": f"https://127.0.0.1:{mute.getsockname()[1]}/",
                "a.example": self.receiver.url("/a.example")})
            found = self.settled(service, {
                "mute.example": "retrying", "deaf.example": "retrying",
                "a.example": "accepted"})
        for domain in ("mute.example", "deaf.example"):
            attempt, = self.tried(service, found[domain])
            self.assertIn("timed out", attempt["answer"].lower())
            self.assertEqual(0, attempt["status"])

    def test_an_end_in_the_midst_of_many(self):
        domains = [f"d{n}.example" for n in range(60)]
        self.receiver.answering.clear()
        service = self.posting(*domains, deliver__connections="20",
                               deliver__host_connections="20")
        wait_until(lambda: len(self.receiver.posts) >= 20, "20 have begun")
        self.ended_in_time(service)
        self.receiver.answering.set()
        self.assertEqual({"queued", "retrying"}, {
            d["state"] for d in self.deliveries(service).values()})
        service.start()
        self.settled(service, dict.fromkeys(domains, "accepted"))
        # Those that were broken off came again: the same report.
        bodies = {p.body for p in self.receiver.posts}
        self.assertEqual(len(domains), len(bodies))

    def test_the_configuration_is_read_in_the_midst(self):
        domains = [f"d{n}.example" for n in range(40)]
        self.receiver.answering.clear()
        service = self.posting(*domains)
        wait_until(lambda: self.receiver.posts, "some have begun")
        before = service.role_pid("deliver")
        service.signal(signal.SIGHUP)
        wait_until(lambda: service.role_pid("deliver") not in (None, before),
                   "the role has started again")
        self.receiver.answering.set()
        self.settled(service, dict.fromkeys(domains, "accepted"))

    def test_the_store_is_locked_for_a_while(self):
        domains = [f"d{n}.example" for n in range(20)]
        self.receiver.answering.clear()
        service = self.posting(*domains)
        wait_until(lambda: self.receiver.posts, "some have begun")
        with service.locked_store():
            self.receiver.answering.set()
            time.sleep(10)
        self.settled(service, dict.fromkeys(domains, "accepted"))
        self.assertEqual(dict.fromkeys(domains, 1), self.posts())

    def test_the_disk_is_full_for_a_while(self):
        disk = Disk(self, "24m")
        self.receiver.answering.clear()
        service = self.posting("a.example", "b.example",
                               store__url=f"sqlite:{disk.path}/store.db")
        wait_until(lambda: len(self.receiver.posts) == 2, "both have begun")
        ballast = disk.fill()
        self.receiver.answering.set()
        service.wait_logged("role=deliver", "does not work")
        ballast.unlink()
        self.settled(service, {"a.example": "accepted",
                               "b.example": "accepted"})
        self.assertEqual({"a.example": 1, "b.example": 1}, self.posts())

    def test_a_hand_in_the_midst_of_an_attempt(self):
        self.receiver.answering.clear()
        service = self.posting("a.example", "b.example")
        wait_until(lambda: len(self.receiver.posts) == 2, "both have begun")
        found = self.deliveries(service)
        a, b = found["a.example"], found["b.example"]
        self.assert_fails(DATA, service.cli("delivery", "retry", a["delivery"]),
                          "still being tried")
        for d in (a, b):
            self.assertEqual((OK, "", ""), service.cli(
                "delivery", "cancel", d["delivery"]))
        self.assertEqual((OK, "", ""), service.cli(
            "delivery", "retry", b["delivery"]))
        wait_until(lambda: self.posts()["b.example"] == 2, "b goes again")
        self.receiver.answering.set()
        self.settled(service, {"a.example": "cancelled",
                               "b.example": "accepted"})
        # What came of the attempt is told all the same.
        wait_until(lambda: [t["status"] for t in self.tried(service, a)]
                   == [201], "a's attempt is noted")
        wait_until(lambda: [t["status"] for t in self.tried(service, b)]
                   == [201, 201], "b's attempts are noted")

    def test_the_clock_goes_forward_and_back(self):
        self.receiver.answers = {"/a.example": (503, {}, "")}
        service = self.posting("a.example")
        self.settled(service, {"a.example": "retrying"})
        # Back by an hour while it waits: it waits on, and is not forgotten.
        service.restart(TOMORROW - HOUR_S)
        time.sleep(2)
        self.assertEqual({"a.example": 1}, self.posts())
        self.receiver.answers = {}
        service.restart(TOMORROW + HOUR_S)
        self.settled(service, {"a.example": "accepted"})
        self.assertEqual({"a.example": 2}, self.posts())

    def test_the_clock_jumps_by_a_day_in_an_attempt(self):
        self.receiver.answers = {"/a.example": (None, {}, "")}
        service = self.posting("a.example")
        wait_until(lambda: self.receiver.posts, "the attempt has begun")
        service.kill()
        self.receiver.answers = {}
        service.set_clock(TOMORROW + DAY_S)
        service.start()
        self.settled(service, {"a.example": "accepted"})
        self.assertEqual({"a.example": 2}, self.posts())

    def test_two_workers_share_one_queue(self):
        for name, url in (("sqlite", None), ("pgsql", self.cluster())):
            with self.subTest(name):
                self.receiver.posts.clear()
                self.share(url)

    def cluster(self):
        """The URL of a PostgreSQL of our own."""
        mark = str(self.at / "cluster")
        subprocess.run([PGSQL, "start", mark], check=True)
        self.addCleanup(subprocess.run, [PGSQL, "stop", mark], check=True)
        return subprocess.run([PGSQL, "with", mark, "echo"], check=True,
                              capture_output=True, text=True).stdout.strip()

    def share(self, url):
        """Each of many reports comes once."""
        domains = [f"d{n}.example" for n in range(100)]
        more = {} if url is None else {"store__url": url}
        first = self.posting(*domains, deliver__mode="off", **more)
        first.stop()
        first.options["deliver.mode"] = "on"
        first.set_clock(TOMORROW + HOUR_S)
        second = self.service(now=TOMORROW + HOUR_S, **{
            **{k.replace(".", "__"): v for k, v in first.options.items()
               if not k.startswith("daemon.")},
            "store__url": url or f"sqlite:{first.database}",
            "daemon__roles": "deliver"})
        second.write_config()
        for service in (first, second):
            service.launch()
        self.receiver.answering.clear()
        self.assertEqual(OK, first.cli("report", "send", "--day",
                                       DAY)[0])
        # Each visits a host four times at once.
        wait_until(lambda: len(self.receiver.posts) == 8, "both have begun")
        self.receiver.answering.set()
        self.settled(first, dict.fromkeys(domains, "accepted"))
        self.assertEqual(dict.fromkeys(domains, 1), self.posts())
        for service in (second, first):
            self.ended_in_time(service)

    def test_from_shadow_to_on_and_back(self):
        service = self.posting("a.example", deliver__mode="shadow")
        found = self.settled(service, {"a.example": "shadow"})
        service.options["deliver.mode"] = "on"
        service.restart(TOMORROW + 60)
        # What was shadow stays so, unless somebody wants it.
        self.assertEqual((OK, "", ""), service.cli(
            "delivery", "retry", found["a.example"]["delivery"]))
        self.settled(service, {"a.example": "accepted"})
        service.options["deliver.mode"] = "shadow"
        service.restart(TOMORROW + 120)
        self.assertEqual((OK, "", ""), service.cli(
            "delivery", "retry", found["a.example"]["delivery"]))
        time.sleep(2)
        self.settled(service, {"a.example": "retrying"})
        self.assertEqual({"a.example": 1}, self.posts())

    def test_what_is_mapped_to_itself(self):
        service = self.posting(
            "a.example",
            deliver__map=f"*={self.receiver.url('/a.example')}")
        self.settled(service, {"a.example": "accepted"})
        self.assertEqual({"a.example": 1}, self.posts())


class ByMail(Holds):
    """A sendmail program that does as the test says."""

    def test_a_program_that_runs_at_the_end_may_finish(self):
        """A killed one may have queued the mail already."""
        service = self.mailing("a.example", "b.example", program=self.program(
            f"echo >>{self.at}/began", "sleep 2", self.take))
        wait_until(lambda: (self.at / "began").exists() and len(
            (self.at / "began").read_text()) == 2, "both have begun")
        self.ended_in_time(service)
        self.assertEqual({"tls@a.example": 1, "tls@b.example": 1}, self.took())
        found = self.settled(service, {"a.example": "handed-over",
                                       "b.example": "handed-over"})
        attempt, = self.tried(service, found["a.example"])
        self.assertEqual("exit status 0", attempt["answer"])
        _, shown, _ = service.cli("delivery", "show",
                                  found["a.example"]["delivery"])
        self.assertRegex(shown, r"\bBY\b")
        self.assertRegex(shown, r"Z +sendmail +0\b")

    def test_one_that_does_not_finish_is_told_and_comes_again(self):
        service = self.mailing("a.example", program=self.program(
            f"echo >{self.at}/began", "exec sleep 1000"))
        wait_until((self.at / "began").exists, "it has begun")
        self.ended_in_time(service)
        found = self.settled(service, {"a.example": "retrying"})
        attempt, = self.tried(service, found["a.example"])
        self.assertIsNotNone(attempt["ended-at"])
        self.assertNotEqual("", attempt["answer"])
        self.program()
        service.set_clock(TOMORROW + HOUR_S)
        service.start()
        self.settled(service, {"a.example": "handed-over"})

    def test_a_worker_that_is_killed_leaves_it_to_the_next(self):
        service = self.mailing("a.example", program=self.program(
            f"echo >{self.at}/began", "exec sleep 1000"))
        wait_until((self.at / "began").exists, "it has begun")
        os.kill(service.role_pid("deliver"), signal.SIGKILL)
        service.wait_logged("role was killed", "deliver")
        self.program()
        # Not before its claim has run out.
        time.sleep(2)
        self.assertEqual({}, self.took())
        service.restart(TOMORROW + LEASE_S + 60)
        found = self.settled(service, {"a.example": "handed-over"})
        first, _ = self.tried(service, found["a.example"])
        self.assertIsNone(first["ended-at"])

    def test_signing_is_killed_again_and_again(self):
        domains = [f"d{n}.example" for n in range(60)]
        service = self.mailing()
        service.send(*(session(d) for d in domains))
        service.wait_received(len(domains))
        service.stop()
        service.set_clock(TOMORROW)
        service.start()
        for _ in range(5):
            pid = wait_until(lambda: service.role_pid("report"), "it runs")
            time.sleep(0.2)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.settled(service, dict.fromkeys(domains, "handed-over"))
        self.assertEqual({f"tls@{d}": 1 for d in domains}, self.took())

    def test_a_role_report_that_does_not_run_shows(self):
        service = self.mailing("a.example", deliver__mode="off")
        service.options["deliver.mode"] = "on"
        service.options["daemon.roles"] = "collect, deliver"
        service.restart(TOMORROW + HOUR_S)
        self.assertEqual(OK, service.cli("report", "send", "--day",
                                         DAY)[0])
        time.sleep(2)
        found = self.settled(service, {"a.example": "queued"})
        self.assertTrue(found["a.example"]["waits-for-signature"])
        _, shown, _ = service.cli("delivery", "show",
                                  found["a.example"]["delivery"])
        self.assertIn("role report has to make and sign", shown)
        self.assertEqual({}, self.took())

    def test_a_report_that_cannot_be_read_holds_up_no_other(self):
        service = self.mailing("a.example", "b.example", deliver__mode="off")
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            store.execute("UPDATE report SET body = x'1f8b0800' "
                          "WHERE domain = 'a.example'")
            store.commit()
        service.options["deliver.mode"] = "on"
        service.restart(TOMORROW + HOUR_S)
        self.assertEqual(OK, service.cli("report", "send", "--day",
                                         DAY)[0])
        found = self.settled(service, {"a.example": "given-up",
                                       "b.example": "handed-over"})
        self.assertIn("the report", found["a.example"]["reason"])


class BySmtp(Holds):
    """An SMTP server that does as its script says."""

    def server(self, script):
        """Its port and its process, which makes another one of each line."""
        folder = self.folder()
        server = subprocess.Popen(
            [sys.executable, SMTP_SERVER, folder], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1)
        self.addCleanup(self.end, server)
        self.assertEqual("0\n", server.stdout.readline())
        server.stdin.write(script + "\n")
        return int(server.stdout.readline()), folder

    @staticmethod
    def end(server):
        """Its input ends, and so does it."""
        server.stdin.close()
        server.wait(30)
        server.stdout.close()

    def by_smtp(self, port, *domains, **options):
        """A service that hands mails to that server."""
        return self.mailing(*domains, **{
            "deliver__mail_by": "smtp", "deliver__smtp_host": "127.0.0.1",
            "deliver__smtp_port": str(port), "deliver__smtp_tls": "none",
            **options})

    def test_a_server_that_says_nothing_is_left_in_time(self):
        for stage in ("greeting", "end"):
            with self.subTest(stage):
                port, _ = self.server(f"{stage}=@silent")
                service = self.by_smtp(port, "a.example",
                                       deliver__timeout="1s")
                found = self.settled(service, {"a.example": "retrying"})
                attempt, = self.tried(service, found["a.example"])
                self.assertRegex(attempt["answer"], "[Tt]imed out|timeout")
                self.assertEqual(stage == "end", "no reply to the message"
                                 in attempt["answer"])
                service.stop()

    def test_a_worker_that_is_killed_leaves_it_to_the_next(self):
        port, folder = self.server("data=@silent")
        service = self.by_smtp(port, "a.example")
        log = folder / f"{port}.log"
        wait_until(lambda: log.exists() and "DATA" in log.read_text(),
                   "the attempt has begun")
        os.kill(service.role_pid("deliver"), signal.SIGKILL)
        service.stop()
        port, folder = self.server("tls=none")
        service.options["deliver.smtp_port"] = str(port)
        service.set_clock(TOMORROW + LEASE_S + 60)
        service.start()
        found = self.settled(service, {"a.example": "handed-over"})
        first, second = self.tried(service, found["a.example"])
        self.assertIsNone(first["ended-at"])
        self.assertEqual(250, second["status"])
        self.assertEqual(1, len(list(folder.glob(f"{port}.[0-9]*"))))


class ByDns(Posting):
    """A name server, which is asked before each attempt."""

    def setUp(self):
        super().setUp()
        self.names = NameServer()
        self.addCleanup(self.names.close)
        self.publish()

    def publish(self):
        """The keys, as dkim record says."""
        config = self.at / "keys.conf"
        config.write_text("[daemon]\nroles = collect\n[report]\ncontact = "
                          f"{CONTACT}\ndkim_keys = {', '.join(self.words)}\n")
        code, out, err = run_cli("-c", str(config), "dkim", "record", "--json")
        self.assertEqual(OK, code, err)
        for key in json.loads(out):
            self.names.texts[key["name"]] = [key["record"]]
        self.names.load()

    def want(self, ruas):
        """They ask for reports there."""
        for domain, rua in ruas.items():
            self.names.texts[f"_smtp._tls.{domain}"] = [wanting(rua)]
        self.names.load()

    def asking(self, **options):
        """A service that asks it."""
        return self.posting(**{
            "dns__resolver": self.names.address,
            "dns__timeout": "500ms", **options})

    def test_dns_is_dead_for_an_hour(self):
        ruas = {"seen.example": self.receiver.url("/seen.example"),
                "new.example": self.receiver.url("/new.example"),
                "mail.example": "mailto:tls@mail.example"}
        self.want(ruas)
        service = self.asking()
        self.fill(service, {"seen.example": ruas["seen.example"]})
        self.settled(service, {"seen.example": "accepted"})
        # The next day.
        service.send(*(session(d, pr=wanting(r)) for d, r in ruas.items()))
        service.wait_received(1 + len(ruas))
        service.stop()
        self.names.stop()
        late = TOMORROW + DAY_S
        service.set_clock(late)
        service.start()

        def states():
            return {d["domain"]: d["state"]
                    for d in service.cli_json("delivery", "list")
                    if d["day"] == "2026-03-03"}
        wait_until(lambda: states() == {
            "seen.example": "accepted", "new.example": "retrying",
            "mail.example": "retrying"}, "what is known goes")
        self.assertEqual({"seen.example": 2}, self.posts())
        self.assertEqual({}, self.took())
        self.names.start()
        service.restart(late + HOUR_S)
        wait_until(lambda: set(states().values()) <= {
            "accepted", "handed-over"}, "all go")
        self.assertEqual({"seen.example": 2, "new.example": 1}, self.posts())
        self.assertEqual({"tls@mail.example": 1}, self.took())

    def test_keys_are_told_by_what_is_wrong_with_them(self):
        good = self.names.texts[E_RECORD]
        faults = (
            ([], "no TXT record"),
            (["v=DKIM1; k=ed25519; p="], "withdrawn"),
            (["v=DKIM1; k=ed25519; "
              "p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="], "another"),
            ([good[0].replace("s=tlsrpt", "s=email")],
             "does not allow TLS reports"),
        )
        self.want({"a.example": "mailto:tls@a.example"})
        del self.names.texts[E_RECORD]
        self.names.load()
        service = self.asking()
        self.fill(service, {"a.example": "mailto:tls@a.example"})
        for n, (texts, part) in enumerate(faults):
            self.names.texts[E_RECORD] = texts
            self.names.load()
            if n > 0:
                service.restart(TOMORROW + n * HOUR_S)
            found = self.deliveries(service)["a.example"]
            attempt = wait_until(lambda: self.ended(service, found, n),
                                 "it is tried")
            self.assertEqual("dns", attempt["transport"])
            self.assertIn(E_RECORD, attempt["answer"])
            self.assertIn(part, attempt["answer"])
        self.names.texts[E_RECORD] = good
        self.names.load()
        service.restart(TOMORROW + len(faults) * HOUR_S)
        self.settled(service, {"a.example": "handed-over"})
        self.assertEqual({"tls@a.example": 1}, self.took())

    def ended(self, service, delivery, n):
        """Attempt n, from 0, once it has ended."""
        tried = self.tried(service, delivery)
        return tried[n] if len(tried) > n and tried[n]["ended-at"] else None

    def test_an_end_while_dns_is_asked(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
            mute.bind(("127.0.0.1", 0))
            service = self.asking(
                dns__resolver=f"127.0.0.1@{mute.getsockname()[1]}",
                dns__timeout="60s")
            self.fill(service, {
                "a.example": self.receiver.url("/a.example")})
            wait_until(lambda: self.deliveries(service)[
                "a.example"]["being-tried"], "it is tried")
            self.ended_in_time(service)
        found = self.deliveries(service)["a.example"]
        self.assertFalse(found["being-tried"])
        attempt, = self.tried(service, found)
        self.assertIsNotNone(attempt["ended-at"])
        # And that was no try.
        self.want({"a.example": self.receiver.url("/a.example")})
        service.options["dns.resolver"] = self.names.address
        service.write_config()
        service.start()
        self.settled(service, {"a.example": "accepted"})


class KeyFiles(Holds):
    """Private keys that somebody else may read, or that are gone."""

    def test_one_that_others_may_use_is_refused(self):
        service = self.service(report__dkim_keys=self.words[0])
        (self.at / "rsa2048.pem").chmod(0o644)
        done = subprocess.run([TLSRPTD, "-c", service.config,
                               "--check-config"], capture_output=True,
                              text=True, check=False)
        self.assertEqual(CONFIG, done.returncode)
        self.assertIn("report.dkim_keys", done.stderr)
        self.assertIn("rsa2048.pem", done.stderr)
        self.assertRegex(done.stderr, "0644|others")

    def test_at_a_reload_the_old_ones_stay(self):
        service = self.mailing()
        # Its configuration is read by then, and the keys with it.
        service.wait_logged("role=report", "the clock is moved")
        before = service.role_pid("report")
        (self.at / "rsa2048.pem").rename(self.at / "elsewhere")
        service.signal(signal.SIGHUP)
        service.wait_logged("configuration not taken", "rsa2048.pem")
        self.assertEqual(before, service.role_pid("report"))
        (self.at / "elsewhere").rename(self.at / "rsa2048.pem")
        self.fill(service, {"a.example": "mailto:tls@a.example"})
        self.settled(service, {"a.example": "handed-over"})


if __name__ == "__main__":
    unittest.main()
