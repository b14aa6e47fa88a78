"""harness.py -- the real service in a folder of its own, for black-box tests.

TLSRPTD names the service's program, TLSRPT_BIN the folder of `tlsrpt`. Whatever
a test starts has ended when the test has: each service is a process group of
its own, and orphans of it come to this process, which waits for them.
"""

import contextlib
import ctypes
import gzip
import json
import mmap
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import out_of_time
from out_of_time import what_waits
from process_list import process_numbers

TESTS = pathlib.Path(__file__).resolve().parent.parent
CORPUS = TESTS / "corpus" / "datagram" / "postfix"
TLSRPTD = os.environ.get("TLSRPTD", "tlsrptd")
TLSRPT = os.path.join(os.environ.get("TLSRPT_BIN", ""), "tlsrpt")

DAY_S = 86400
DAY = "2026-03-02"  # the service's day unless a test says otherwise
DAY_START = 1772409600  # its midnight: date -ud 2026-03-02 +%s
NOON = DAY_START + DAY_S // 2
ORGANIZATION = "Example Sender"
CONTACT = "tls-reports@sender.example"
SUBMITTER = "sender.example"

PATIENCE_S = 30.0
STOP_S = 40.0  # the supervisor kills what does not end in 30
LOOK_EVERY_S = 0.02
PR_SET_CHILD_SUBREAPER = 36
# Exit codes of sysexits.h.
OK, USAGE, DATA, NO_INPUT, UNAVAILABLE, IO, TEMPFAIL, CONFIG = (
    0, 64, 65, 66, 69, 74, 75, 78)

# Runs in the child that becomes the service: the socket goes to descriptor 3,
# and LISTEN_PID is known only there.
HAND_OVER = """\
import os, sys
os.dup2(int(sys.argv[1]), 3, inheritable=True)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


out_of_time.watch()  # of the whole program


def become_subreaper():
    """Orphans below this process become its children."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def wait_until(question, what, patience_s=PATIENCE_S):
    """Ask until the answer is true, and return it."""
    until = time.monotonic() + patience_s
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > until:
            raise AssertionError(f"waited {patience_s:.0f} s in vain: {what}")
        time.sleep(LOOK_EVERY_S)


def corpus():
    """The sample datagrams by file name."""
    return {p.name: p.read_bytes() for p in sorted(CORPUS.glob("*.json"))}


def session(domain, policies=None, **more):
    """A datagram: one policy, none found, success, unless said otherwise."""
    record = {
        "dpv": "1",
        "d": domain,
        "pr": f"v=TLSRPTv1; rua=mailto:tls@{domain}",
        "policies": policies or [
            {"policy-type": 9, "policy-domain": domain, "t": 0, "f": 0}],
    }
    record.update(more)
    return json.dumps(record, ensure_ascii=False).encode()


def failure(domain, **detail):
    """A datagram of a failed session with one detail, of code 205 if unsaid."""
    detail.setdefault("c", 205)
    return session(domain, [{
        "policy-type": 9, "policy-domain": domain,
        "failure-details": [detail], "t": 1, "f": 1}])


class Report:
    """A report as it lies in the folder."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.name = self.path.name
        self.json = gzip.decompress(self.path.read_bytes())
        self.value = json.loads(self.json)
        self.id = self.value["report-id"]


class Service:
    """One tlsrptd with its folder. Options are written "section.key"."""

    def __init__(self, now=NOON, socket_fd=None, **options):
        become_subreaper()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tlsrpt-test-"))
        self.config = self.folder / "tlsrptd.conf"
        self.socket = self.folder / "tlsrpt.sock"
        self.log = self.folder / "tlsrptd.log"
        self.reports_dir = self.folder / "reports"
        self.socket_fd = socket_fd
        self.pass_fds = [] if socket_fd is None else [socket_fd]
        self.process = None
        self.sender = None
        self.options = {
            "daemon.data_dir": "data",
            "daemon.demo": "yes",
            "collect.socket": "tlsrpt.sock",
            "collect.flush_interval": "100ms",
            "report.organization": ORGANIZATION,
            "report.contact": CONTACT,
            "deliver.directory": str(self.reports_dir),
            "dns.resolver": "none",
        }
        self.options.update({k.replace("__", "."): v
                             for k, v in options.items()})
        self.set_clock(now)

    # -- configuration --

    @property
    def data_dir(self):
        """The folder of everything that lasts."""
        return self.folder / self.options["daemon.data_dir"]

    @property
    def database(self):
        """The store's file: SQLite."""
        url = self.options.get("store.url", "")
        if url:
            return pathlib.Path(url.removeprefix("sqlite:"))
        return self.data_dir / "tlsrptd.db"

    def set_clock(self, now):
        """From its next start on the service's clock says now (seconds)."""
        self.options["daemon.clock_offset"] = f"{now - int(time.time())}s"
        self.write_config()

    def write_config(self):
        """Write the options in force to the configuration file."""
        sections = {}
        for name, value in self.options.items():
            section, key = name.split(".")
            sections.setdefault(section, []).append(f"{key} = {value}\n")
        self.config.write_text("".join(
            f"[{name}]\n{''.join(lines)}\n"
            for name, lines in sections.items()))

    # -- the process --

    def command(self):
        """What is run: tlsrptd, behind the one who hands over its socket."""
        command = [TLSRPTD, "-c", str(self.config)]
        if self.socket_fd is None:
            return command
        return [sys.executable, "-ISc", HAND_OVER, str(self.socket_fd),
                *command]

    def launch(self):
        """Start it and return at once."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
                pass_fds=self.pass_fds)

    def start(self):
        """Start it and wait until it collects, and all its roles run."""
        collecting = self.log_text().count('what="collecting"')
        self.launch()
        wait_until(lambda: self.collects(collecting), "tlsrptd collects")
        wait_until(self.roles_run, "all roles run, and no more than those")
        return self

    def launch_to_receive(self):
        """Start it and wait until it receives, whatever the store does."""
        receiving = len(self.log_lines('what="journal '))
        self.launch()
        wait_until(lambda: len(self.log_lines('what="journal ')) > receiving,
                   "tlsrptd receives")

    def roles_run(self):
        """Whether the processes are the supervisor and the roles."""
        roles = self.options.get(
            "daemon.roles", "collect,report,deliver,intake,web,watch")
        roles = [r.strip() for r in roles.split(",")]
        if self.options.get("metrics.listen"):
            roles.append("metrics")
        return all(map(self.role_pid, roles)) \
            and len(self.processes()) == 1 + len(roles)

    def collects(self, before):
        """Whether it has begun to collect since the log had so many lines."""
        if self.process.poll() is not None:
            raise AssertionError(
                f"tlsrptd has ended with {self.process.returncode}\n"
                f"{self.log_text()}")
        return self.log_text().count('what="collecting"') > before

    def signal(self, number):
        """To the supervisor alone."""
        os.kill(self.process.pid, number)

    def stop(self):
        """End it with TERM: its exit code."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_S)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(self.what_runs()) from error
        self.reap()
        return code

    def what_runs(self, group=None):
        """Those that should have ended, for a message."""
        return (f"still running after {STOP_S:.0f} s:\n"
                f"{what_waits(self.processes(group))}\n{self.log_text()}")

    def kill(self):
        """kill -9 of all its processes at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_S)
        self.reap()

    def reap(self, group=None):
        """Wait for all processes of its group, or of one that it had before,
        that are children by now."""
        group = group or self.process.pid
        until = time.monotonic() + STOP_S
        while True:
            try:
                pid, _ = os.waitpid(-group, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0 and time.monotonic() > until:
                raise AssertionError(self.what_runs(group))
            if pid == 0:
                time.sleep(LOOK_EVERY_S)

    def processes(self, group=None):
        """The process numbers of its group, or of one that it had before."""
        if self.process is None:
            return []
        group = group or self.process.pid
        found = []
        for pid in process_numbers():
            try:
                # pid (name) state ppid pgrp …
                stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[2]) == group:
                found.append(pid)
        return found

    def role_pid(self, role):
        """The number of the process that runs the role."""
        for pid in self.processes():
            try:
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if b"--role\0" + role.encode() + b"\0" in words:
                return pid
        return None

    def restart(self, now):
        """End it and start it with another time."""
        code = self.stop()
        if code != OK:
            raise AssertionError(f"tlsrptd ended with {code}\n"
                                 f"{self.log_text()}")
        self.set_clock(now)
        return self.start()

    def close_day(self):
        """Start again a day later and wait until all reports are written."""
        self.restart(NOON + DAY_S)
        wait_until(self.all_delivered, "the day's reports are delivered")

    def all_delivered(self, day=DAY):
        """Whether the day is closed, and its reports are in the folder."""
        state = self.day(day)
        wanted = sum(1 for t in self.tallies(day) if t["rua"] and t["domain"]
                     and "no-report" not in t)
        return (state["state"] == "closed" and state["reports"] >= wanted
                and state["reports"] == state["reports-delivered"])

    def close(self):
        """Leave nothing: no process, no folder."""
        if self.sender is not None:
            self.sender.close()
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait(PATIENCE_S)
            self.reap()
        self.forget_landing()
        shutil.rmtree(self.folder)

    def forget_landing(self):
        """A killed collector leaves its file in memory to the next one."""
        identity = self.data_dir / "collector-id"
        if identity.exists():
            name = "tlsrptd-" + identity.read_text("ascii").split()[0]
            pathlib.Path("/dev/shm", name).unlink(missing_ok=True)

    def log_text(self):
        """All that was logged so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def log_lines(self, *parts):
        """The lines logged so far that have all these parts."""
        return [line for line in self.log_text().splitlines()
                if all(part in line for part in parts)]

    def wait_logged(self, *parts):
        """Until a line has all these parts."""
        wait_until(lambda: self.log_lines(*parts), f"logged: {parts}")

    # -- what goes in --

    def send(self, *datagrams):
        """Send datagrams, waiting while the queue is full."""
        if self.sender is None:
            self.sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        for datagram in datagrams:
            self.sender.sendto(datagram, str(self.socket))

    # -- its files --

    @contextlib.contextmanager
    def locked_store(self):
        """Hold the store's write lock, as another program may."""
        store = sqlite3.connect(self.database, isolation_level=None)
        with contextlib.closing(store):
            store.execute("BEGIN IMMEDIATE")
            yield
            store.rollback()

    def in_journal(self, text):
        """Whether the bytes stand in a segment."""
        for path in (self.data_dir / "journal").glob("*.journal"):
            if path.stat().st_size == 0:
                continue  # just being made
            with open(path, "rb") as file, mmap.mmap(
                    file.fileno(), 0, access=mmap.ACCESS_READ) as segment:
                if segment.find(text) >= 0:
                    return True
        return False

    # -- what comes out --

    def cli(self, *arguments, stdin=b"", env=None):
        """`tlsrpt` with this configuration: exit code, stdout, stderr."""
        return run_cli("-c", str(self.config), *arguments, stdin=stdin, env=env)

    def cli_json(self, *arguments):
        """The same with --json: what it printed, parsed."""
        code, out, err = self.cli(*arguments, "--json")
        if code != OK:
            raise AssertionError(f"tlsrpt {arguments}: {code}\n{err}")
        return json.loads(out)

    def counters(self):
        """What the collectors counted in the last week."""
        return self.cli_json("status")["counters"]

    def wait_received(self, n):
        """Until n datagrams are in the store."""
        wait_until(lambda: self.counters().get("received", 0) >= n,
                   f"{n} datagrams are in the store")

    def tallies(self, day=DAY):
        """What was counted on the day."""
        return self.cli_json("tally", "list", "--day", day)

    def day(self, day=DAY):
        """The day's state; an open one without sessions if it is unknown."""
        for state in self.cli_json("status")["days"]:
            if state["day"] == day:
                return state
        return {"day": day, "state": "open", "reports": 0,
                "reports-delivered": 0}

    def report_rows(self, day=DAY):
        """`report list` of the day."""
        return self.cli_json("report", "list", "--day", day)

    def reports(self):
        """The reports in the folder."""
        return [Report(p) for p in sorted(self.reports_dir.glob("*.json.gz"))]


def run_cli(*arguments, stdin=b"", env=None, timeout=60):
    """`tlsrpt` with these arguments: exit code, stdout, stderr as text."""
    done = subprocess.run(
        [TLSRPT, *arguments], input=stdin, capture_output=True,
        env=None if env is None else {**os.environ, **env}, timeout=timeout)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def assert_no_fault(text):
    """No sanitizer has complained."""
    for mark in ("Sanitizer", "runtime error:", "Assertion"):
        if mark in text:
            raise AssertionError(text)


def put_away(service):
    """End a service: well, without a memory fault, with no process left."""
    try:
        if service.process is not None and service.process.poll() is None:
            code = service.stop()
            if code != OK:
                raise AssertionError(f"tlsrptd ended with {code}\n"
                                     f"{service.log_text()}")
        if service.processes():
            raise AssertionError(f"left running: {service.processes()}")
        assert_no_fault(service.log_text())
    finally:
        service.close()


class SystemTest(unittest.TestCase):
    """A test whose services end with it, and end well."""

    maxDiff = 4000

    def service(self, **options):
        """A service that is not started yet."""
        service = Service(**options)
        self.addCleanup(put_away, service)
        return service

    @classmethod
    def shared_service(cls, **options):
        """The same for all tests of the class: for setUpClass."""
        service = Service(**options)
        cls.addClassCleanup(put_away, service)
        return service

    def folder(self):
        """A folder that lasts as long as the test."""
        path = pathlib.Path(tempfile.mkdtemp(prefix="tlsrpt-test-"))
        self.addCleanup(shutil.rmtree, path, ignore_errors=True)
        return path

    def assert_fails(self, want, got, *parts):
        """The command failed with this code, and said all parts on stderr."""
        code, out, err = got
        self.assertEqual(want, code, out + err)
        for part in parts:
            self.assertIn(part, err)
        assert_no_fault(err)
        return err
