"""test_demo.py -- `tlsrpt demo`, the first thing that a newcomer runs."""

import collections
import datetime
import fcntl
import http.client
import json
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import unittest

from harness import (CONFIG, CORPUS, IO, NO_INPUT, OK, PATIENCE_S, Report,
                     SystemTest, TEMPFAIL, TLSRPT, USAGE, assert_no_fault,
                     corpus, run_cli, wait_until)
from ports import free_port
from process_list import process_numbers

PORT = free_port()
PAGE_PORT = free_port()
CLEAN = {"DEMO_DIR": "", "DEMO_EMPTY": "", "DEMO_EXIT": "", "DEMO_STAY": "",
         "DEMO_PORT": str(PORT), "DEMO_PAGE_PORT": str(PAGE_PORT)}


def processes_of(folder):
    """Numbers of processes that name the folder on their command line."""
    found = []
    for pid in process_numbers():
        try:
            words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            if os.fsencode(folder) in words:
                found.append(pid)
        except OSError:
            continue
    return found


def roles_of(folder):
    """The same, of the roles of tlsrptd alone."""
    return [p for p in processes_of(folder) if b"\0--role\0" in
            pathlib.Path(f"/proc/{p}/cmdline").read_bytes()]


def parent_of(pid):
    """Whose child the process is."""
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def tried(out):
    """The commands that it says to try, as words."""
    text = out.partition("\nTry:\n")[2].partition("\n\n")[0]
    return [shlex.split(line)
            for line in text.replace("\\\n", " ").splitlines()]


class Demo(SystemTest):
    """Runs of the demo in a folder of ours."""

    def setUp(self):
        self.dir = self.folder() / "demo"

    def demo(self, *arguments, **env):
        """Run it to its end: what it printed."""
        env = {**CLEAN, "DEMO_DIR": str(self.dir), "DEMO_EXIT": "1", **env}
        code, out, err = run_cli("demo", *arguments, env=env)
        self.assertEqual((OK, ""), (code, err))
        self.assert_ended_well()
        return out

    def attempt(self, **env):
        """Run it to its end, well or not: exit code, stdout, stderr."""
        return run_cli("demo", "--corpus", env.pop("CORPUS", CORPUS), env={
            **CLEAN, "DEMO_DIR": str(self.dir), "DEMO_EXIT": "1", **env})

    def assert_ended_well(self):
        """No process is left, and the service had no fault."""
        self.assertEqual([], processes_of(self.dir))
        assert_no_fault((self.dir / "tlsrptd.log").read_text())

    def cli(self, *arguments):
        """`tlsrpt` with the demo's configuration."""
        return run_cli("-c", self.dir / "tlsrptd.conf", *arguments)


class Sample(Demo):
    """With the sample sessions, ending at once."""

    def test_run(self):
        self.out = self.demo("--corpus", str(CORPUS))
        for check in (self.check_text, self.check_report, self.check_folder,
                      self.check_inbox, self.check_commands):
            with self.subTest(check.__doc__):
                check()

    def check_text(self):
        """It tells what came in, what was counted and where things lie."""
        self.assertIn(f"{len(corpus())} sessions came in over "
                      f"{self.dir}/tlsrpt.sock", self.out)
        for row in (r"DOMAIN +POLICY +POLICY DOMAIN +SUCCEEDED +FAILED",
                    r"good\.example +no-policy-found +good\.example +2 +0",
                    r"sts-two\.example +sts +sts-two\.example +1 +1",
                    r"danemany\.test +tlsa +mx-danemany\.test +0 +1"):
            self.assertRegex(self.out, rf"(?m)^{row}$")
        for name in ("tlsrptd.conf", "tlsrpt.sock", "reports", "tlsrptd.log"):
            self.assertRegex(self.out,
                             rf"(?m)^  \S+ +{re.escape(str(self.dir / name))}$")

    def check_report(self):
        """It shows one of the reports, with failures in it."""
        report_id = re.search(r"tlsrpt report show ([a-z2-7]{32})", self.out)[1]
        code, shown, _ = self.cli("report", "show", report_id)
        self.assertEqual(OK, code)
        self.assertIn(shown, self.out)
        self.assertIn('"failure-details"', shown)

    def check_folder(self):
        """Each domain that wants a report has one in the folder."""
        reports = [Report(p) for p in (self.dir / "reports").iterdir()]
        self.assertEqual(self.wanted(), len(reports))
        for report in reports:
            self.assertEqual("tls-reports@sender.example",
                             report.value["contact-info"])

    @staticmethod
    def wanted():
        """How many domains of the samples want a report."""
        domains = set()
        for datagram in corpus().values():
            domain, record = re.search(rb'"d": "([^"]*)","pr": "([^"]*)"',
                                       datagram).groups()
            if b"rua=" in record:
                domains.add(domain.lower().rstrip(b"."))
        return len(domains)

    def check_inbox(self):
        """It shows the report that was posted and the one that was mailed."""
        self.assertIn(f"one posted to http://127.0.0.1:{PORT}/tlsrpt, one "
                      f"came\nas a mail to {self.dir}/lmtp.sock.", self.out)
        code, shown, _ = self.cli("inbox", "list", "--domain", "ours.example")
        self.assertEqual(OK, code)
        self.assertIn(shown, self.out)
        rows = json.loads(self.cli("inbox", "list", "--domain", "ours.example",
                                   "--json")[1])
        self.assertEqual(
            {("https", "counted", "posts.example", 120, 7),
             ("lmtp", "untrusted", "mails.example", 120, 7)},
            {tuple(r[k] for k in (
                "way", "state", "submitter", "total-successful-session-count",
                "total-failure-session-count")) for r in rows})
        self.assertEqual([[], []], [r["deviations"] for r in rows])

    def check_commands(self):
        """What it says to try can be tried afterwards."""
        status, emit, curl, take, show, kept = tried(self.out)
        self.assertEqual(
            ("status", "emit", "curl", "import",
             ["inbox", "list", "--domain", "ours.example"],
             ["inbox", "quarantine"]),
            (status[3], emit[3], curl[0], take[3], show[3:], kept[3:]))
        done = subprocess.run(take, capture_output=True, text=True)
        self.assertEqual((OK, "1 file, 1 counted\n", ""),
                         (done.returncode, done.stdout, done.stderr))
        done = subprocess.run(take, capture_output=True, text=True)
        self.assertEqual((OK, "1 file, 1 duplicate\n"),
                         (done.returncode, done.stdout))
        done = subprocess.run(status, capture_output=True, text=True)
        self.assertEqual((OK, ""), (done.returncode, done.stderr))
        self.assertRegex(done.stdout, r"closed +watermark +\d+ +\d+ +0 "
                                      rf"+{self.wanted()} +{self.wanted()}\n")

    def test_folder_of_its_own_goes(self):
        out = self.demo_without_folder()
        folder = re.search(r"configuration  (\S+)/tlsrptd\.conf", out)[1]
        self.assertTrue(folder.startswith("/tmp/tlsrpt-demo."))
        self.assertFalse(pathlib.Path(folder).exists())
        self.assertEqual([], processes_of(folder))

    def demo_without_folder(self):
        """Run it in a folder that it makes for itself."""
        code, out, err = run_cli("demo", "--corpus", CORPUS,
                                 env={**CLEAN, "DEMO_EXIT": "1"})
        self.assertEqual((OK, ""), (code, err))
        return out

    def test_no_samples(self):
        empty = self.folder()
        err = self.assert_fails(NO_INPUT, self.attempt(CORPUS=empty))
        self.assertEqual(f"tlsrpt demo: no sample datagrams at {empty}/*.json: "
                         "see --corpus\n", err)
        self.assertEqual([], processes_of(self.dir))
        self.assertIn("What was counted", self.demo("--corpus", str(CORPUS)))

    def test_port(self):
        for name in ("DEMO_PORT", "DEMO_PAGE_PORT"):
            for port in ("0", "65536", "-1", "http", " 80"):
                with self.subTest(name, port=port):
                    self.assert_fails(USAGE, self.attempt(**{name: port}),
                                      f'{name}: "{port}" is not a port')
        self.assertFalse(self.dir.exists())
        self.demo(DEMO_EMPTY="1")

    def test_port_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            self.assertEqual(
                f"tlsrpt demo: 127.0.0.1:{port} is taken: name another port "
                "in DEMO_PORT\n",
                self.assert_fails(TEMPFAIL, self.attempt(DEMO_PORT=str(port))))
            self.assert_fails(
                TEMPFAIL, self.attempt(DEMO_PAGE_PORT=str(port)),
                f"127.0.0.1:{port} is taken: name another port in "
                "DEMO_PAGE_PORT")
        self.demo("--corpus", str(CORPUS))
        with socket.create_server(("127.0.0.1", PORT)):
            self.assert_fails(
                TEMPFAIL, self.attempt(), f"127.0.0.1:{PORT} is taken",
                f"in intake.http_listen of {self.dir}/tlsrptd.conf",
                "DEMO_PORT")
        with socket.create_server(("127.0.0.1", PAGE_PORT)):
            self.assert_fails(
                TEMPFAIL, self.attempt(), f"127.0.0.1:{PAGE_PORT} is taken",
                f"in web.listen of {self.dir}/tlsrptd.conf",
                "DEMO_PAGE_PORT")


# Of the story: who looks at which policies, and how large they are.
STS = {"bigmail.example": 10, "office.example": 6, "webmail.example": 3,
       "smallhost.example": 1}
DANE = {"office.example": 6, "provider.example": 2, "campus.example": 1}


class Story(Demo):
    """What others reported on 60 days. Days ago: yesterday is 1."""

    def story(self):
        """Its reports, after a run of the demo; `ago` is the day of each."""
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.out = self.demo("--corpus", str(CORPUS))
        if datetime.datetime.now(datetime.timezone.utc).date() != today:
            self.skipTest("midnight passes")
        rows = [r for r in json.loads(self.cli("inbox", "list", "--json")[1])
                if not r["report-id"].endswith("@posts.example")
                and not r["report-id"].endswith("@mails.example")]
        for row in rows:
            start = row["date-range"]["start-datetime"]
            row["ago"] = start and (
                today - datetime.date.fromisoformat(start[:10])).days
        return rows

    def test_run(self):
        self.rows = self.story()
        self.counted = [r for r in self.rows if r["state"] == "counted"]
        for check in (self.check_numbers, self.check_receipt,
                      self.check_expired, self.check_stripped,
                      self.check_policy_change, self.check_rollover,
                      self.check_quiet, self.check_pairs, self.check_text,
                      self.check_again):
            with self.subTest(check.__doc__):
                check()

    def failures(self, result):
        """(days ago, domain, reporter, MX host) to failed sessions."""
        found = collections.Counter()
        for row in self.counted:
            for policy in row["policies"]:
                for detail in policy["failure-details"]:
                    if detail["result-type"] == result:
                        found[row["ago"], policy["policy"]["policy-domain"],
                              row["submitter"],
                              detail.get("receiving-mx-hostname")] += \
                            detail["failed-session-count"]
        return dict(found)

    def check_numbers(self):
        """So many of each state and verdict."""
        # Four reporters: four domains each day, quiet.example each seventh.
        # One: four domains on two days of three, and what fails on the third
        # (shop: 45; club: 39, 42 ... 60). One: failures alone, of 3 days.
        # One, unsigned: 1, 8 ... 57 days ago, four domains.
        usual = 4 * (4 * 60 + 8) + (4 * 40 + 1 + 8) + 3 + 4 * 9
        self.assertEqual(1200, usual)
        self.assertEqual(usual + 2 + 1 + 2, len(self.rows))
        self.assertEqual(
            {("counted", "authenticated"): 4 * (4 * 60 + 8) + 3 - 5,
             ("counted", "unauthenticated"): 4 * 40 + 1 + 8,
             ("untrusted", "unsigned"): 4 * 9,
             ("untrusted", "failed"): 2,
             ("untrusted", "unverifiable"): 1,
             ("duplicate", "authenticated"): 2,
             ("contradicted", "unaligned"): 1,
             ("foreign", "authenticated"): 2,
             ("implausible", "authenticated"): 1,
             ("unreadable", ""): 1},
            collections.Counter((r["state"], r["verdict"])
                                for r in self.rows))

    def check_receipt(self):
        """Each came on the day after its own, and none from the future."""
        now = datetime.datetime.now(datetime.timezone.utc)
        for row in self.counted:
            received = datetime.datetime.fromisoformat(
                row["received-at"].replace("Z", "+00:00"))
            self.assertLessEqual(received, now)
            self.assertEqual(row["ago"] - 1,
                             (now.date() - received.date()).days)
            self.assertEqual([], row["deviations"])
            self.assertEqual(
                ("https" if row["submitter"] == "smallhost.example"
                 else "lmtp"), row["way"])

    def check_expired(self):
        """A certificate expired, on one of two hosts, for three days."""
        self.assertEqual(
            {(ago, "shop.example", who, "mx2.shop.example"): 2 * size
             for ago in (45, 44, 43) for who, size in STS.items()},
            self.failures("certificate-expired"))

    def check_stripped(self):
        """One reporter alone saw no STARTTLS, at one host on four days, and
        at the other on the last three."""
        self.assertEqual(
            {(ago, "bank.example", "webmail.example", host): 45
             for host, days in (("mx1.bank.example", (20, 19, 18, 17)),
                                ("mx2.bank.example", (3, 2, 1)))
             for ago in days},
            self.failures("starttls-not-supported"))

    def check_policy_change(self):
        """A policy was testing, until its failures had ended."""
        modes = collections.defaultdict(set)
        for row in self.counted:
            for policy in row["policies"]:
                policy = policy["policy"]
                if policy["policy-domain"] == "club.example" and \
                        policy["policy-type"] == "sts":
                    modes[policy["policy-string"][1]].add(row["ago"])
        self.assertEqual({"mode: testing": set(range(31, 61)),
                          "mode: enforce": set(range(1, 31))}, modes)
        self.assertEqual(
            {(ago, "club.example", who, "mx.hoster.example"): size
             for ago in range(38, 61) for who, size in STS.items()},
            self.failures("certificate-host-mismatch"))

    def check_rollover(self):
        """A new key came three days before its TLSA record."""
        failed = {key: n for key, n in
                  self.failures("validation-failure").items()
                  if key[1] == "lab.example"}
        self.assertEqual(
            {(ago, "lab.example", who, mx): 3 * size
             for ago in (12, 11, 10) for who, size in DANE.items()
             for mx in ("mx1.lab.example", "mx2.lab.example")}, failed)
        records = collections.defaultdict(set)
        for row in self.counted:
            for policy in row["policies"]:
                policy = policy["policy"]
                if policy["policy-domain"] == "lab.example" and \
                        policy["policy-type"] == "tlsa":
                    records[policy["policy-string"][0]].add(row["ago"])
        self.assertEqual([list(range(10, 61)), list(range(1, 10))],
                         [sorted(days) for days in records.values()])

    def check_quiet(self):
        """A domain has mail on each seventh day alone."""
        self.assertEqual(
            {(ago, who, n, 0) for ago in range(7, 57, 7) for who, n in (
                ("bigmail.example", 5), ("office.example", 3),
                ("webmail.example", 1), ("provider.example", 1))},
            {(r["ago"], r["submitter"], r["total-successful-session-count"],
              r["total-failure-session-count"]) for r in self.rows
             if r["report-id"].endswith("_quiet.example")})

    def check_pairs(self):
        """Who tells of two policies for one session has each but once."""
        pairs = [r for r in self.counted if len(r["policies"]) == 2]
        self.assertEqual({("office.example", "bank.example")},
                         {(r["submitter"], r["report-id"].partition("_")[2])
                          for r in pairs})
        self.assertEqual(59, len(pairs))
        for row in pairs:
            for policy in row["policies"]:
                self.assertEqual(
                    row["total-successful-session-count"],
                    policy["summary"]["total-successful-session-count"])

    def check_text(self):
        """It tells of them, and does not list them."""
        text = " ".join(self.out.split())
        self.assertIn(
            "1205 reports came: 1159 counted, 39 untrusted, 2 duplicate, 1 "
            "contradicted, 2 foreign, 1 unreadable, 1 implausible (tlsrpt "
            "inbox quarantine).", text)
        self.assertNotIn("bigmail.example", text)

    def check_again(self):
        """Another demo has the same."""
        self.dir = self.dir.with_name("another")
        again = self.story()
        self.assertEqual(sorted(self.known(r) for r in self.rows),
                         sorted(self.known(r) for r in again))

    @staticmethod
    def known(row):
        """All but for names; what is of yesterday may come at once."""
        return json.dumps({
            key: value for key, value in row.items()
            if key not in ("intake-id", "like")
            and not (key == "received-at" and row["ago"] == 1)})


class Again(Demo):
    """In a folder that is there already."""

    def states(self):
        """What the store tells of collectors' days and counters."""
        status = json.loads(self.cli("status", "--json")[1])
        return status["days"], status["counters"]

    def emit_while_it_stays(self, domain):
        """Start it, send a session of today, and end it."""
        demo = subprocess.Popen(
            [TLSRPT, "demo", "--corpus", CORPUS], stdin=subprocess.DEVNULL,
            env={**os.environ, **CLEAN, "DEMO_DIR": str(self.dir),
                 "DEMO_STAY": "1"}, stdout=subprocess.PIPE, text=True)
        try:
            for line in demo.stdout:
                if "stays up" in line:
                    break
            code, _, err = self.cli("emit", "--domain", domain,
                                    "--rua", f"mailto:a@{domain}")
            self.assertEqual((OK, ""), (code, err))
            wait_until(lambda: domain in self.cli(
                "tally", "list", "--day", "today")[1], "it is counted")
        finally:
            demo.terminate()
            demo.communicate(timeout=PATIENCE_S)
        self.assertEqual(OK, demo.returncode)

    def test_it_goes_on_without_the_sample(self):
        self.demo("--corpus", str(CORPUS))
        before = self.states()
        out = self.demo("--corpus", str(CORPUS))
        self.assertIn(f"{self.dir} holds an earlier demo. It goes on as it "
                      "stands", out)
        self.assertIn("closed  watermark", out)
        self.assertIn("Where it lies:", out)
        self.assertNotIn("What was counted", out)
        self.assertEqual(before, self.states())

    def test_sessions_of_today_do_not_matter(self):
        self.emit_while_it_stays("one.example")
        self.emit_while_it_stays("two.example")
        [_, today], counters = self.states()
        self.assertEqual(("open", 2), (
            today["state"], today["total-successful-session-count"]))
        self.assertEqual(len(corpus()) + 2, counters["received"])

    def test_configuration_of_the_operator_stays(self):
        self.demo(DEMO_EMPTY="1")
        config = self.dir / "tlsrptd.conf"
        config.write_text(config.read_text()
                          .replace("Example Sender", "Another Name")
                          .replace("tlsrpt.sock", "other.sock"))
        before = config.read_text()
        out = self.demo()
        self.assertEqual(before, config.read_text())
        self.assertRegex(out, rf"(?m)^  socket +{self.dir}/other\.sock$")

    def test_folder_of_a_service_is_left_alone(self):
        service = self.service(daemon__demo="no")
        service.options["daemon.clock_offset"] = "0s"
        service.write_config()
        before = service.config.read_text()
        self.dir = service.folder
        self.assert_fails(USAGE, self.attempt(),
                          f"{service.config} is not of a demo", "DEMO_DIR")
        self.assertEqual(before, service.config.read_text())
        self.assertEqual([service.config], list(service.folder.iterdir()))

    def test_demo_that_was_broken_off(self):
        (self.dir / "data").mkdir(parents=True)
        self.assert_fails(USAGE, self.attempt(), f"{self.dir} holds a demo that "
                          "was broken off; remove it")
        self.assertEqual([self.dir / "data"], list(self.dir.rglob("*")))

    def test_folder_in_use(self):
        self.demo(DEMO_EMPTY="1")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.bind(str(self.dir / "other.sock"))
            (self.dir / "other.sock").rename(self.dir / "tlsrpt.sock")
            self.assert_fails(TEMPFAIL, self.attempt(), "a tlsrptd listens on "
                              f"{self.dir}/tlsrpt.sock already")

    def test_service_that_does_not_start(self):
        self.demo(DEMO_EMPTY="1")
        with open(self.dir / "data" / "lock", "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assert_fails(IO, self.attempt(), "tlsrptd has ended: ",
                              f"{self.dir}/data/lock: another process holds it",
                              f"see {self.dir}/tlsrptd.log")

    def test_too_long_a_path(self):
        self.dir = self.dir.with_name("x" * 100)
        self.assert_fails(CONFIG, self.attempt(DEMO_EMPTY="1"),
                          "collect.socket", "is longer than 107 bytes")


class Empty(Demo):
    """Without sample sessions."""

    def test_run(self):
        out = self.demo(DEMO_EMPTY="1")
        self.assertNotIn("What was counted", out)
        self.assertIn("Where it lies:", out)
        self.assertEqual([], list((self.dir / "reports").glob("*")))
        code, out, _ = self.cli("status", "--json")
        self.assertEqual(OK, code)
        self.assertIn('"days": []', out)


class Stay(Demo):
    """Staying until it is told to end."""

    def start(self, **env):
        """Start it; it is killed with all its processes in the end."""
        demo = subprocess.Popen(
            [TLSRPT, "demo", "--corpus", CORPUS], start_new_session=True,
            env={**os.environ, **CLEAN, "DEMO_DIR": str(self.dir),
                 "DEMO_STAY": "1", **env},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.put_away, demo)
        return demo

    def put_away(self, demo):
        """Whatever happened, nothing of it stays."""
        try:
            os.killpg(demo.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        demo.communicate()

    def test_page(self):
        """Whoever reads what it prints is let in, and sees the story."""
        out = self.wait_stays(self.start())
        self.assertIn(f"http://127.0.0.1:{PAGE_PORT}/\n", out)
        user, password = re.search(r"user (\S+), password (\S+)", out).groups()
        connection = http.client.HTTPConnection("127.0.0.1", PAGE_PORT,
                                                timeout=PATIENCE_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/")
        self.assertIn(b"<script type=\"module\"", connection.getresponse().read())
        connection.request(
            "POST", "/api/v1/session", json.dumps(
                {"name": user, "password": password}),
            {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        self.assertEqual(201, answer.status)
        connection.request(
            "GET", "/api/v1/domains", headers={
                "Cookie": answer.headers["Set-Cookie"].partition(";")[0]})
        rows = json.loads(connection.getresponse().read())["rows"]
        self.assertEqual(
            {"bank.example", "club.example", "lab.example", "ours.example",
             "quiet.example", "shop.example"}, {r["domain"] for r in rows})

    def wait_stays(self, demo):
        """Read until it says that it stays: what it printed until then."""
        out = ""
        for line in demo.stdout:
            out += line
            if "The service stays up" in line:
                return out
        raise AssertionError(f"it ended: {out}{demo.stderr.read()}")

    def end(self, demo, number):
        """Tell it to end."""
        demo.send_signal(number)
        self.assertEqual(OK, demo.wait(PATIENCE_S))
        self.assertEqual("", demo.stderr.read())
        self.assert_ended_well()

    def test_stays_until_it_is_told_to_end(self):
        demo = self.start()
        out = self.wait_stays(demo)
        self.assertIn("What was counted", out)
        self.assertEqual(7, len(processes_of(self.dir)))
        self.assertEqual(6, len(tried(out)))
        for command in tried(out):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        wait_until(lambda: len(json.loads(self.cli(
            "inbox", "list", "--domain", "ours.example", "--state", "counted",
            "--json")[1])) == 3,
            "what was posted and imported counts too")
        wait_until(lambda: "example.com" in self.cli(
            "tally", "list", "--day", "today")[1], "the session is counted")
        self.end(demo, signal.SIGTERM)

    def test_interrupt_ends_it_too(self):
        demo = self.start(DEMO_EMPTY="1")
        self.wait_stays(demo)
        self.end(demo, signal.SIGINT)

    def test_closed_terminal_ends_it_too(self):
        demo = self.start(DEMO_EMPTY="1")
        self.wait_stays(demo)
        self.end(demo, signal.SIGHUP)

    def test_pipe_that_nobody_reads_ends_it_too(self):
        demo = self.start()
        # So small that the demo has more to say than it holds.
        fcntl.fcntl(demo.stdout, fcntl.F_SETPIPE_SZ, 4096)
        demo.stdout.readline()
        demo.stdout.close()
        demo.wait(PATIENCE_S)
        demo.stdout = None
        self.assert_ended_well()

    def test_told_to_end_while_it_begins(self):
        demo = self.start()
        wait_until((self.dir / "tlsrpt.sock").exists, "the service starts")
        demo.send_signal(signal.SIGTERM)
        demo.wait(PATIENCE_S)
        self.assert_ended_well()

    def test_service_that_dies_is_noticed(self):
        demo = self.start(DEMO_EMPTY="1")
        self.wait_stays(demo)
        wait_until(lambda: len(roles_of(self.dir)) == 6, "its roles run")
        [service] = [p for p in processes_of(self.dir)
                     if parent_of(p) == demo.pid]
        os.kill(service, signal.SIGKILL)
        self.assertNotEqual(OK, demo.wait(PATIENCE_S))
        wait_until(lambda: not processes_of(self.dir), "its roles end")


if __name__ == "__main__":
    unittest.main()
