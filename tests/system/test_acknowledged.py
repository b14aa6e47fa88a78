"""test_acknowledged.py -- a report that was acknowledged, by 201 or 250, is in
the inbox once: role intake is killed again and again while many post and mail,
its disk is full, the store's disk is full, the store is locked, and the spool is
damaged."""

import contextlib
import gzip
import http.client
import json
import os
import random
import signal
import smtplib
import threading
import time
import unittest
from collections import Counter

from disks import Disk
from harness import wait_until
from test_inbox import EXAMPLE, OURS, mail
from test_receive import Receiving

SEED = 8460
KILLS = 50
ROLE_KILLS = 20
LIFE_S = 0.25  # longest
CLIENTS = 3  # by each protocol
PACE_S = 0.05  # of each: slower than the store takes them, under sanitizers too
LOCKED_S = 30
PATIENCE_S = 120
MIB = 1 << 20
# The journal takes two segments of 64 MiB, and so does the spool.
SMALL_DISK, LARGER_DISK = "270M", "600M"
STORE_DISK, LARGER_STORE_DISK = "12M", "400M"
BODY = 256 * 1024


class Clients:
    """Post and mail numbered reports until they are told to stop. What was
    acknowledged is in stored, how the others ended in refused."""

    def __init__(self, test, service):
        self.port = test.port
        self.lmtp = str(service.folder / "lmtp")
        self.lock = threading.Lock()
        self.next = 0
        self.padding = 0
        self.stored = []
        self.refused = Counter()
        self.unheard = 0  # connections that nobody took
        self.over = threading.Event()
        self.paused = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=[give])
                        for give in [self.post, self.mail] * CLIENTS]
        test.addCleanup(self.stop)

    def report(self):
        """The next one: its id and its text."""
        with self.lock:
            self.next += 1
            name = f"r-{self.next}"
        report = dict(EXAMPLE, **{"report-id": name})
        if self.padding:
            report["x-padding"] = random.randbytes(self.padding // 2).hex()
        return name, json.dumps(report).encode()

    def note(self, name, answer):
        """What was said of it. Then a pause."""
        with self.lock:
            if answer in (201, 250):
                self.stored.append(name)
            else:
                self.refused[answer] += 1
        self.over.wait(PACE_S)

    def post(self):
        """Over a connection, until it ends."""
        with contextlib.closing(http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=PATIENCE_S)) as connection:
            while not self.over.is_set():
                name, text = self.report()
                connection.request("POST", "/tlsrpt", gzip.compress(text, 1), {
                    "Content-Type": "application/tlsrpt+gzip"})
                with connection.getresponse() as answer:
                    answer.read()
                self.note(name, answer.status)

    def mail(self):
        """Over a connection, until it ends."""
        with contextlib.closing(smtplib.LMTP(
                self.lmtp, timeout=PATIENCE_S)) as lmtp:
            lmtp.ehlo_or_helo_if_needed()
            while not self.over.is_set():
                name, text = self.report()
                if lmtp.mail("")[0] != 250 or \
                        lmtp.rcpt(f"tls@{OURS}")[0] != 250:
                    lmtp.rset()
                    self.note(name, 0)
                    continue
                self.note(name, lmtp.data(mail(text))[0])

    def work(self, give):
        """Connect anew where a connection ended."""
        while not self.over.is_set():
            try:
                give()
            except (ConnectionRefusedError, FileNotFoundError):
                with self.lock:
                    self.unheard += 1
            except (OSError, http.client.HTTPException,
                    smtplib.SMTPException):
                pass
            time.sleep(0.005)  # nobody listens: give others the processor

    def start(self):
        """All at once."""
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        """As soon as each has its answer."""
        self.over.set()
        for thread in self.threads:
            if thread.is_alive():
                thread.join(PATIENCE_S)

    def go_on(self, n=20):
        """Until so many more are stored."""
        wanted = len(self.stored) + n
        wait_until(lambda: len(self.stored) >= wanted, "more are stored",
                   PATIENCE_S)


class Acknowledged(Receiving):
    """Nothing of what was stored is missing."""

    def begin(self, **options):
        """A service with clients."""
        service = self.receiving(daemon__roles="collect, intake",
                                 intake__hourly="0", intake__daily="0",
                                 **options)
        return service, Clients(self, service).start()

    def ids(self, service):
        """Reports in the inbox, by id."""
        return Counter(row["report-id"]
                       for row in service.cli_json("inbox", "list"))

    def assert_there(self, service, clients, lost=0):
        """Each once, but for so many."""
        clients.stop()
        there = {}

        def settled():
            there["was"], there["is"] = there.get("is"), self.ids(service)
            missing = [n for n in clients.stored if n not in there["is"]]
            return len(missing) <= lost
        wait_until(settled, "all that was stored is in the inbox", PATIENCE_S)
        self.assertEqual([], [n for n, k in there["is"].items()
                              if n and k != 1])
        return [n for n in clients.stored if n not in there["is"]]

    # -- killed --

    def test_killed_at_any_moment(self):
        chance = random.Random(SEED)
        service, clients = self.begin()
        for _ in range(KILLS):
            clients.go_on(1)
            time.sleep(chance.uniform(0, LIFE_S))
            service.kill()
            service.start()
        clients.go_on()
        self.assert_there(service, clients)
        self.assertGreater(len(clients.stored), KILLS)
        self.assertLessEqual(set(clients.refused), {0, 421, 452, 503})

    def test_the_role_ends_and_no_connection_is_refused(self):
        """Killed, or told to end: of several kills in a row each next one
        waits twice as long."""
        chance = random.Random(SEED)
        service, clients = self.begin()
        clients.go_on(1)
        before = clients.unheard
        for how in [signal.SIGKILL, signal.SIGTERM] * ROLE_KILLS:
            pid = wait_until(lambda: service.role_pid("intake"), "it runs")
            clients.go_on(1)
            time.sleep(chance.uniform(0, LIFE_S))
            os.kill(pid, how)
            wait_until(lambda p=pid: service.role_pid("intake") != p,
                       "it has ended")
        clients.go_on()
        self.assert_there(service, clients)
        self.assertEqual(before, clients.unheard)
        self.assertGreater(len(clients.stored), 2 * ROLE_KILLS)

    # -- full --

    def assert_refused(self, clients):
        """By both protocols, as what passes."""
        wait_until(lambda: {452, 503} <= set(clients.refused),
                   "they are told to come back", PATIENCE_S)

    def test_the_disk_is_full(self):
        disk = Disk(self, SMALL_DISK)
        store = self.folder() / "store.db"
        service, clients = self.begin(daemon__data_dir=str(disk.path),
                                      store__url=f"sqlite:{store}")
        with service.locked_store():
            clients.padding = BODY
            self.assert_refused(clients)
            service.kill()
            service.launch()
            wait_until(lambda: service.role_pid("intake"), "it runs again")
            clients.refused.clear()
            self.assert_refused(clients)
            disk.resize(LARGER_DISK)
            clients.go_on()
            clients.padding = 0
        clients.go_on()
        self.assert_there(service, clients)
        self.assertLessEqual(set(clients.refused), {0, 421, 452, 503})

    def test_the_stores_disk_is_full(self):
        disk = Disk(self, STORE_DISK)
        service, clients = self.begin(
            store__url=f"sqlite:{disk.path}/store.db",
            intake__spool_max="64MiB")
        clients.padding = BODY
        service.wait_logged("role=intake", "disk is full")
        self.assert_refused(clients)  # by the spool, which is full
        clients.padding = 0
        disk.resize(LARGER_STORE_DISK)
        clients.go_on()
        self.assert_there(service, clients)

    # -- the store is away --

    def test_the_store_is_locked(self):
        service, clients = self.begin()
        with service.locked_store():
            until = time.monotonic() + LOCKED_S
            while time.monotonic() < until:
                clients.go_on()
                time.sleep(0.1)
        clients.go_on()
        self.assert_there(service, clients)
        self.assertEqual(Counter(), clients.refused)

    # -- damaged --

    def test_a_damaged_record_costs_itself(self):
        service, clients = self.begin()
        with service.locked_store():
            clients.go_on(200)
            service.kill()
        segment = max((service.data_dir / "spool").iterdir(),
                      key=lambda p: p.stat().st_blocks)
        with open(segment, "r+b") as file:
            # In the middle of what was written.
            at = file.read().rstrip(b"\0")
            file.seek(len(at) // 2)
            file.write(bytes([at[len(at) // 2] ^ 0x20]))
        service.start()
        clients.go_on()
        lost = self.assert_there(service, clients, 1)
        self.assertEqual(1, len(lost))
        self.assertTrue(service.log_lines("level=error", "spool"))


if __name__ == "__main__":
    unittest.main()
