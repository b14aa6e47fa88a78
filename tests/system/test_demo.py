"""test_demo.py -- `tlsrpt demo`, the first thing that a newcomer runs."""

import fcntl
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
from https_receiver import free_port

PORT = free_port()
CLEAN = {"DEMO_DIR": "", "DEMO_EMPTY": "", "DEMO_EXIT": "", "DEMO_STAY": "",
         "DEMO_PORT": str(PORT)}


def processes_of(folder):
    """Numbers of processes that name the folder on their command line."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if os.fsencode(folder) in path.read_bytes():
                found.append(int(path.parent.name))
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
        code, shown, _ = self.cli("inbox", "list")
        self.assertEqual(OK, code)
        self.assertIn(shown, self.out)
        rows = json.loads(self.cli("inbox", "list", "--json")[1])
        self.assertEqual(
            {("https", "counted", "posts.example", 120, 7),
             ("lmtp", "untrusted", "mails.example", 120, 7)},
            {tuple(r[k] for k in (
                "way", "state", "submitter", "total-successful-session-count",
                "total-failure-session-count")) for r in rows})
        self.assertEqual([[], []], [r["deviations"] for r in rows])

    def check_commands(self):
        """What it says to try can be tried afterwards."""
        status, emit, curl, take, show = tried(self.out)
        self.assertEqual(
            ("status", "emit", "curl", "import", ["inbox", "list"]),
            (status[3], emit[3], curl[0], take[3], show[3:]))
        done = subprocess.run(take, capture_output=True, text=True)
        self.assertEqual((OK, "1 file, 1 counted\n", ""),
                         (done.returncode, done.stdout, done.stderr))
        done = subprocess.run(take, capture_output=True, text=True)
        self.assertEqual((OK, "1 file, 1 duplicate\n"),
                         (done.returncode, done.stdout))
        done = subprocess.run(status, capture_output=True, text=True)
        self.assertEqual((OK, ""), (done.returncode, done.stderr))
        self.assertRegex(done.stdout, r"closed +watermark +\d+ +\d+ "
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
        for port in ("0", "65536", "-1", "http", " 80"):
            with self.subTest(port):
                self.assert_fails(USAGE, self.attempt(DEMO_PORT=port),
                                  f'DEMO_PORT: "{port}" is not a port')
        self.assertFalse(self.dir.exists())
        self.demo(DEMO_EMPTY="1")

    def test_port_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            self.assertEqual(
                f"tlsrpt demo: 127.0.0.1:{port} is taken: name another port "
                "in DEMO_PORT\n",
                self.assert_fails(TEMPFAIL, self.attempt(DEMO_PORT=str(port))))
        self.demo("--corpus", str(CORPUS))
        with socket.create_server(("127.0.0.1", PORT)):
            self.assert_fails(
                TEMPFAIL, self.attempt(), f"127.0.0.1:{PORT} is taken",
                f"in intake.http_listen of {self.dir}/tlsrptd.conf",
                "DEMO_PORT")


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
        self.assertEqual(5, len(processes_of(self.dir)))
        self.assertEqual(5, len(tried(out)))
        for command in tried(out):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        wait_until(lambda: len(json.loads(self.cli(
            "inbox", "list", "--state", "counted", "--json")[1])) == 3,
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
        wait_until(lambda: len(roles_of(self.dir)) == 4, "its roles run")
        [service] = [p for p in processes_of(self.dir)
                     if parent_of(p) == demo.pid]
        os.kill(service, signal.SIGKILL)
        self.assertNotEqual(OK, demo.wait(PATIENCE_S))
        wait_until(lambda: not processes_of(self.dir), "its roles end")


if __name__ == "__main__":
    unittest.main()
