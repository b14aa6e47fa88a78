"""test_role_kills.py -- each role is killed again and again while sessions and
reports come in and reports go out: what the kernel took counts once, what was
acknowledged is there, and the supervisor holds what it held before."""

import contextlib
import gzip
import http.client
import json
import os
import random
import re
import signal
import smtplib
import threading
import time
import unittest
from collections import Counter

from harness import (DAY_S, NOON, OK, PATIENCE_S, SystemTest, failure,
                     session, wait_until)
from memory import anonymous_kib, descriptors, threads
from ports import free_port
from sending import SendingTest
from test_inbox import EXAMPLE, OURS, mail
from traffic import Sender, details

SEED = 100
KILLS = 100
ROLES = ("collect", "intake", "web", "report", "deliver", "watch", "metrics")
ROLE_OF_KILL = [ROLES[n % len(ROLES)] for n in range(KILLS)]
ROUND_S = 0.4  # longest between the first and the last kill of a round
DOMAINS = 100
YESTERDAY = [f"y{n:03}.example" for n in range(150)]
GROWTH_MAX_KIB = 1024
EARLY_ENDS = 10
LEASE_S = 3600  # longer than a delivery is claimed for


def domain_of(n):
    """The domain of the n-th session."""
    return f"d{n % DOMAINS:03}.example"


def numbered(n):
    """The n-th session: a failure that carries its number."""
    return failure(domain_of(n), f=f"n={n}")


def children(pid):
    """The numbers of its child processes."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


class Reporter(threading.Thread):
    """Hands over numbered reports, each until it is acknowledged."""

    def __init__(self, name, hand_over):
        super().__init__(daemon=True)
        self.prefix = name
        self.hand_over = hand_over  # bytes to whether they are taken
        self.tries = Counter()  # by report-id
        self.enough = threading.Event()

    def run(self):
        n = 0
        while not self.enough.is_set():
            name = f"{self.prefix}-{n}"
            body = json.dumps(dict(EXAMPLE, **{"report-id": name})).encode()
            self.tries[name] = 1
            while not self.taken(body):
                self.tries[name] += 1
                time.sleep(0.005)
            n += 1
            time.sleep(0.005)

    def taken(self, body):
        """Whether it was acknowledged: as a client sees it that is cut off."""
        with contextlib.suppress(OSError, http.client.HTTPException,
                                 smtplib.SMTPException):
            return self.hand_over(body)
        return False

    def stop(self):
        """End it: how often each was tried, the last time well."""
        self.enough.set()
        self.join()
        return self.tries


class RoleKills(SendingTest):
    """Of one process at a time."""

    def setUp(self):
        super().setUp()
        self.chance = random.Random(SEED)
        self.ports = {name: free_port() for name in ("http", "web", "metrics")}
        self.subject = self.to_send(
            collect__flush_interval="50ms", deliver__timeout="2s",
            deliver__host_connections="1",
            intake__hourly="0", intake__daily="0", **{
                f"{section}__{key}": f"127.0.0.1:{self.ports[name]}"
                for section, key, name in (
                    ("intake", "http_listen", "http"),
                    ("web", "listen", "web"),
                    ("metrics", "listen", "metrics"))})
        self.lmtp = self.subject.folder / "lmtp"
        self.subject.options["intake.lmtp_listen"] = str(self.lmtp)
        self.subject.write_config()

    def let_a_day_pass(self):
        """Sessions whose reports are due from the next start on."""
        self.subject.start()
        self.assertEqual((OK, "", ""),
                         self.subject.cli("domain", "add", OURS))
        self.subject.send(*(session(
            domain, pr=f"v=TLSRPTv1; rua={self.receiver.url('/' + domain)}")
                            for domain in YESTERDAY))
        self.subject.wait_received(len(YESTERDAY))
        self.subject.restart(NOON + DAY_S)

    # -- who hands over --

    def post(self, body):
        """By HTTP."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.ports["http"], timeout=10)
        with contextlib.closing(connection):
            connection.request("POST", "/tlsrpt", gzip.compress(body, mtime=0),
                               {"Content-Type": "application/tlsrpt+gzip"})
            return connection.getresponse().status in (200, 201)

    def give(self, body):
        """By LMTP."""
        with smtplib.LMTP(str(self.lmtp), timeout=10) as lmtp:
            return lmtp.sendmail("", [f"tls@{OURS}"], mail(body)) == {}

    def reporter(self, name, hand_over):
        """One that has begun."""
        reporter = Reporter(name, hand_over)
        self.addCleanup(reporter.enough.set)
        reporter.start()
        return reporter

    def page(self, name, path):
        """The status with which a page is answered; None while it is not."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.ports[name], timeout=10)
        with contextlib.closing(connection), \
                contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            return connection.getresponse().status
        return None

    # -- kills --

    def running(self):
        """The processes by role. Not by their command line alone: that is
        also what a role's own child shows, as LeakSanitizer's does."""
        found = {}
        for pid in children(self.subject.process.pid):
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().decode().split("\0")
                if "--role" in words:
                    found[words[words.index("--role") + 1]] = pid
        return found

    def all_run(self, but=()):
        """Whether each role runs, and none as it did there."""
        running = self.running()
        return set(ROLES) == running.keys() and not running.items() & set(but)

    def send_signals(self, number, roles, within_s):
        """To each of the roles, one after the other; they are there anew."""
        before = self.running()
        for role in roles:
            time.sleep(self.chance.uniform(0, within_s / len(roles)))
            os.kill(before[role], number)
        wait_until(lambda: self.all_run([(r, before[r]) for r in roles]),
                   f"{roles} run again")

    def kill_roles(self):
        """Role by role in an order that changes. Of several failures in a row
        each makes the supervisor wait twice as long; an orderly end makes it
        forget them."""
        left = ROLE_OF_KILL
        while left:
            roles, left = left[:len(ROLES)], left[len(ROLES):]
            self.chance.shuffle(roles)
            self.send_signals(signal.SIGKILL, roles, ROUND_S)
            self.send_signals(signal.SIGTERM, ROLES, 0)

    def held(self):
        """Descriptors and threads of the supervisor, which is alone with its
        roles."""
        pid = self.subject.process.pid
        return ([re.sub(r"\d+", "N", path) for path in descriptors(pid)],
                threads(pid), len(self.subject.processes()))

    def test_a_hundred_kills(self):
        self.let_a_day_pass()
        supervisor = self.subject.process.pid
        held, memory_kib = self.held(), anonymous_kib(supervisor)
        traffic = Sender(self.subject.socket, numbered, 0.01)
        self.addCleanup(traffic.enough.set)
        traffic.start()
        posting = self.reporter("post", self.post)
        mailing = self.reporter("mail", self.give)
        self.kill_roles()
        posts, mails = posting.stop(), mailing.stop()
        sent = traffic.stop(at_least=1000)
        self.check_kills()
        self.check_sessions(sent)
        self.check_received(posts, mails)
        wait_until(lambda: self.page("web", "/api/v1/health") == 200 and
                   self.page("metrics", "/metrics") == 200, "pages answer")
        wait_until(lambda: self.held() == held, f"it holds {held} again")
        self.assertLess(anonymous_kib(supervisor),
                        memory_kib + GROWTH_MAX_KIB)
        self.check_delivered()
        print(f"{sent} sessions; {len(posts)} posts in "
              f"{sum(posts.values())} tries; {len(mails)} mails in "
              f"{sum(mails.values())} tries; {len(self.receiver.posts)} "
              f"posts of {len(YESTERDAY)} reports")

    def check_kills(self):
        """Each was one, and the supervisor has told it."""
        told = Counter(re.search(r'role="(\w+)"', line).group(1) for line in
                       self.subject.log_lines('what="role was killed"',
                                              "signal=9"))
        self.assertEqual(Counter(ROLE_OF_KILL), told)

    def check_sessions(self, sent):
        """By number, for each domain."""
        self.subject.wait_received(len(YESTERDAY) + sent)
        self.assertEqual(
            Counter((domain_of(n), f"n={n}") for n in range(sent)),
            details(self.subject.tallies("2026-03-03")))
        counters = self.subject.counters()
        self.assertEqual(
            [len(YESTERDAY) + sent] * 2,
            [counters["received"], counters["sessions"]])

    def check_received(self, posts, mails):
        """A post that is tried again is known; a mail that is tried again may
        be there as often as it was tried, as mails are."""
        def found():
            rows = self.subject.cli_json("inbox", "list")
            return rows if set(posts) | set(mails) == {
                r["report-id"] for r in rows} else None
        rows = wait_until(found, "all that was acknowledged is in the inbox")
        times = Counter(r["report-id"] for r in rows)
        self.assertEqual(dict.fromkeys(posts, 1),
                         {name: times[name] for name in posts})
        self.assertEqual({}, {name: times[name] for name, tries in
                              mails.items() if times[name] > tries})
        self.assertEqual({"counted"}, {r["state"] for r in rows
                                       if r["way"] == "https"})

    def check_delivered(self):
        """The day before: a report a domain; what a kill met on its way goes
        out again, once nobody can be at it any more."""
        self.subject.restart(NOON + DAY_S + LEASE_S)
        self.settled(self.subject, dict.fromkeys(YESTERDAY, "accepted"))
        ids = {}
        for post in self.receiver.posts:
            ids.setdefault(post.path[1:], set()).add(
                json.loads(gzip.decompress(post.body))["report-id"])
        rows = self.subject.report_rows()
        self.assertEqual({row["domain"]: {row["report-id"]} for row in rows},
                         ids)
        self.assertEqual(sorted(YESTERDAY), sorted(ids))
        self.assertEqual(len(YESTERDAY), len(rows))
        self.assertLessEqual(len(self.receiver.posts),
                             len(rows) + ROLE_OF_KILL.count("deliver"))


class EarlyEnd(SystemTest):
    """Roles are asked to end before they have begun."""

    def child_that_is_not(self, old):
        """The number of the only role's process as soon as there is one."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            found = children(self.subject.process.pid)
            if found not in ([], [old]):
                return found[0]
        raise AssertionError("no role is started")

    def test_it_is_no_failure(self):
        self.subject = self.service(daemon__roles="collect").start()
        before = self.subject.role_pid("collect")
        for _ in range(EARLY_ENDS):
            os.kill(before, signal.SIGTERM)
            before = self.child_that_is_not(before)
        wait_until(self.subject.roles_run, "it runs")
        self.assertEqual([], self.subject.log_lines('what="role was killed"'))
        self.assertEqual([], self.subject.log_lines('what="role failed"'))


if __name__ == "__main__":
    unittest.main()
