"""test_identity.py -- who a collector is: it stays the same over restarts, and a
copy of it is refused before it counts anything twice."""

import contextlib
import shutil
import sqlite3
import unittest

from harness import OK, SystemTest, session, wait_until

REFUSED = ('level=error', 'what="the store does not take this collector')
LOOKS = 'what="store is away'  # it waits, and says for what


class IdentityTest(SystemTest):
    """Two data folders that meet in one store."""

    def setUp(self):
        self.sent = 0

    def original(self):
        """A service that has told something."""
        service = self.service().start()
        self.send(service, 5)
        return service

    def copy(self, service, *without):
        """A service of a copy of the data folder, at the same store."""
        other = self.service(daemon__roles="collect",
                             store__url=f"sqlite:{service.database}")
        shutil.copytree(service.data_dir, other.data_dir,
                        ignore=shutil.ignore_patterns("*.db*", "lock",
                                                      *without))
        return other

    def send(self, service, n):
        """n sessions, until they are in the store."""
        self.sent += n
        service.send(*[session("a.example")] * n)
        service.wait_received(self.sent)

    def assert_exact(self, service):
        """All that was sent and not refused is there, each once."""
        self.assertEqual(self.sent, service.counters()["received"])
        self.assertEqual({"a.example": self.sent}, self.sums(service))

    @staticmethod
    def sums(service):
        """Successful sessions by domain."""
        with contextlib.closing(sqlite3.connect(service.database)) as store:
            return dict(store.execute(
                "SELECT domain, sum(succeeded) FROM tally_policy "
                "GROUP BY domain"))


class Stays(IdentityTest):
    """The same folder, another process."""

    def test_over_restarts_and_kills(self):
        service = self.original()
        for end in (service.stop, service.kill) * 2:
            end()
            service.start()
            self.send(service, 1)
        self.assert_exact(service)
        self.assertEqual(1, len(service.cli_json("collector", "list")))
        self.assertEqual([], service.log_lines(LOOKS))

    def test_in_a_folder_that_was_moved(self):
        service = self.original()
        self.assertEqual(OK, service.stop())
        moved = self.copy(service).start()
        self.send(moved, 3)
        self.assert_exact(moved)

    def test_with_a_journal_made_anew(self):
        service = self.original()
        self.assertEqual(OK, service.stop())
        shutil.rmtree(service.data_dir / "journal")
        service.start()
        self.send(service, 3)
        self.assert_exact(service)

    def test_with_an_older_backup_of_the_store(self):
        service = self.original()
        self.assertEqual(OK, service.stop())
        backup = self.folder() / "backup.db"
        shutil.copy(service.database, backup)
        for _ in range(2):
            service.start()
            self.send(service, 3)
            self.assertEqual(OK, service.stop())
        for left in service.data_dir.glob("tlsrptd.db*"):
            left.unlink()
        shutil.copy(backup, service.database)
        service.start()
        service.wait_received(self.sent)
        self.send(service, 2)
        self.assert_exact(service)
        self.assertEqual([], service.log_lines(*REFUSED))


class Copies(IdentityTest):
    """One id in two folders."""

    def assert_refused(self, service):
        """It says why and what to do, goes on receiving, and counts nothing."""
        service.wait_logged(*REFUSED)
        line = service.log_lines(*REFUSED)[0]
        for part in ("collector-id", "tlsrpt collector forget"):
            self.assertIn(part, line)
        service.send(session("refused.example"))
        wait_until(lambda: service.in_journal(b"refused.example"),
                   "it is in the journal")

    def test_one_that_starts_beside_the_original(self):
        first = self.original()
        second = self.copy(first)
        second.launch()
        second.wait_logged("another tlsrptd may run")
        self.send(first, 1)
        self.assert_refused(second)
        self.send(first, 3)
        self.assert_exact(first)

    def test_it_does_not_come_in_when_the_original_has_gone(self):
        first = self.original()
        second = self.copy(first)
        second.launch()
        second.wait_logged("another tlsrptd may run")
        self.send(first, 1)
        self.assert_refused(second)
        self.assertEqual(OK, first.stop())
        self.assertEqual(OK, second.stop())
        second.launch_to_receive()
        wait_until(lambda: len(second.log_lines(*REFUSED)) > 1,
                   "it is refused once more")
        first.start()
        self.send(first, 1)
        self.assert_exact(first)

    def test_the_original_after_its_copy(self):
        """Who comes first is taken, the other is told; a person decides."""
        first = self.original()
        self.assertEqual(OK, first.stop())
        second = self.copy(first).start()
        self.send(second, 4)
        first.launch()
        self.assert_refused(first)
        self.send(second, 4)
        self.assert_exact(second)

    def test_an_image_with_nothing_but_the_id(self):
        first = self.original()
        second = self.copy(first, "journal")
        path = second.data_dir / "collector-id"
        path.write_text(path.read_text().splitlines()[0] + "\n")
        second.launch()
        self.assert_refused(second)
        self.send(first, 3)
        self.assert_exact(first)

    def test_the_journal_of_who_comes_back_is_not_read_twice(self):
        first = self.original()
        self.assertEqual(OK, first.stop())
        second = self.copy(first, "journal").start()
        self.send(second, 4)
        self.assertEqual(OK, second.stop())
        first.launch()
        self.assert_refused(first)
        who = (first.data_dir / "collector-id").read_text().split()[0]
        self.assertEqual(OK, first.cli("collector", "forget", who)[0])
        self.sent += 1  # the one that waited in the journal
        first.wait_received(self.sent)
        self.send(first, 4)
        self.assertEqual(self.sent, first.counters()["received"])
        self.assertEqual({"a.example": self.sent - 1, "refused.example": 1},
                         self.sums(first))

    def test_what_makes_a_copy_a_collector_of_its_own(self):
        first = self.original()
        second = self.copy(first)
        (second.data_dir / "collector-id").unlink()
        shutil.rmtree(second.data_dir / "journal")
        second.start()
        self.send(second, 3)
        self.send(first, 3)
        self.assert_exact(first)
        self.assertEqual(2, len(first.cli_json("collector", "list")))


if __name__ == "__main__":
    unittest.main()
