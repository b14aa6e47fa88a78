"""test_store_faults.py -- the store is locked for long, its disk is full, or its
file is damaged: the journal keeps what comes, and all of it counts once."""

import shutil
import time
import unittest

from disks import Disk
from harness import OK, SystemTest, failure, session, wait_until
from sqlite_pages import Pages
from traffic import tally_totals

# Of role collect, in role=collect's lines.
BEGINS = "store does not take tallies"
ENDS = "store takes tallies again"
NO_SPACE = "No space left on device"
LOCKED_S = 12  # more than twice what a statement waits for a lock
SESSIONS = 20000
DOMAINS = 2000  # so that a table has interior pages


def mixed(n):
    """The n-th session: every other one failed."""
    domain = f"d{n % DOMAINS:04}.example"
    return failure(domain, f=f"n={n}") if n % 2 else session(domain)


class StoreFaults(SystemTest):
    """Tests that send the same sessions."""

    def send(self, service, n):
        """So many further sessions; self.sent says how many there were."""
        first = getattr(self, "sent", 0)
        service.send(*(mixed(i) for i in range(first, first + n)))
        self.sent = first + n

    def assert_counted(self, service):
        """Each session that was sent counts once."""
        service.wait_received(self.sent)
        wanted = {}
        for n in range(self.sent):
            wanted.setdefault(f"d{n % DOMAINS:04}.example", [0, 0])[n % 2] += 1
        self.assertEqual(wanted, tally_totals(service.tallies()))
        self.assertEqual({"received": self.sent, "sessions": self.sent},
                         service.counters())

    def assert_said_once(self, service, *parts):
        """One line of role collect has all parts."""
        lines = service.log_lines("role=collect", *parts)
        self.assertEqual(1, len(lines), lines)


class Locked(StoreFaults):
    """Another process writes for longer than a statement waits."""

    def test_nothing_is_lost(self):
        service = self.service().start()
        with service.locked_store():
            until = time.monotonic() + LOCKED_S
            self.send(service, SESSIONS)
            service.wait_logged(BEGINS)
            wait_until(lambda: time.monotonic() > until, "the time is over")
            self.assertEqual([], service.log_lines(ENDS))
        self.assert_counted(service)
        service.wait_logged(ENDS)
        self.assert_said_once(service, BEGINS, "database is locked")
        self.assert_said_once(service, ENDS)


class Full(StoreFaults):
    """The store's disk is full, the journal's is not."""

    def setUp(self):
        self.disk = Disk(self, "32M")
        self.subject = self.service(
            store__url=f"sqlite:{self.disk.path}/store.db")

    def test_nothing_is_lost(self):
        service = self.subject.start()
        self.send(service, 1000)
        service.wait_received(self.sent)
        ballast = self.disk.fill()
        self.send(service, SESSIONS)
        service.wait_logged(BEGINS)
        ballast.unlink()
        self.assert_counted(service)
        service.wait_logged(ENDS)
        self.assert_said_once(service, BEGINS, "database or disk is full")
        self.assert_said_once(service, ENDS)

    def test_full_when_it_starts_again(self):
        service = self.subject.start()
        self.send(service, 1000)
        service.wait_received(self.sent)
        self.assertEqual(OK, service.stop())
        ballast = self.disk.fill()
        service.launch_to_receive()
        self.send(service, 1000)
        service.wait_logged("role=collect", "store is away", NO_SPACE)
        ballast.unlink()
        wait_until(lambda: len(service.log_lines('what="collecting"')) == 2,
                   "it collects again")
        self.assert_counted(service)

    def test_full_before_the_first_start(self):
        service = self.subject
        ballast = self.disk.fill()
        service.launch()
        service.wait_logged("role=migrate", "store is away", "is full")
        self.send(service, 1000)
        ballast.unlink()
        service.wait_logged('what="collecting"')
        self.assert_counted(service)


class Damaged(StoreFaults):
    """Pages of the SQLite file are overwritten, and then it is put back from a
    copy that was taken before."""

    def setUp(self):
        self.subject = self.service().start()
        self.send(self.subject, 2 * DOMAINS)
        self.subject.wait_received(self.sent)
        self.assertEqual(OK, self.subject.stop())
        self.copy = self.subject.folder / "copy.db"
        shutil.copy(self.subject.database, self.copy)
        # What the copy has not, the journal has.
        self.subject.start()
        self.send(self.subject, DOMAINS)
        self.subject.wait_received(self.sent)
        self.assertEqual(OK, self.subject.stop())
        self.pages = Pages(self.subject.database)

    def damage(self, page, end, *said):
        """Overwrite a page: that is said, and nothing is lost once the copy is
        put back."""
        service = self.subject
        self.pages.overwrite(page)
        service.launch_to_receive()
        self.send(service, 2 * DOMAINS)
        service.wait_logged("role=collect", *said)
        self.send(service, 100)
        self.assertIn(end(), (OK, None))
        self.assert_said_once(service, *said)
        for leftover in service.database.parent.glob("tlsrptd.db*"):
            leftover.unlink()
        shutil.copy(self.copy, service.database)
        service.start()
        self.assert_counted(service)

    def test_a_leaf_of_a_table(self):
        self.damage(self.pages.leaf("tally_policy"), self.subject.stop,
                    'what="store is damaged"', "put back a backup")

    def test_an_interior_page_of_a_table(self):
        root = self.pages.root("tally_policy")
        self.assertTrue(self.pages.is_interior(root))
        self.damage(root, self.subject.kill,
                    'what="store is damaged"', "put back a backup")

    def test_the_header(self):
        self.damage(1, self.subject.stop, 'what="store is damaged"',
                    "put back a backup")


if __name__ == "__main__":
    unittest.main()
