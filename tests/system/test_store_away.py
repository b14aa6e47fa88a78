"""test_store_away.py -- the store is silent, locked or not ours: datagrams are
received all the same, and the service can be told to end."""

import signal
import socket
import sqlite3
import time
import unittest

from harness import CONFIG, OK, SystemTest, session, wait_until

AT_ONCE_S = 4  # of a slow machine


class Silent(SystemTest):
    """A PostgreSQL server that accepts connections and says nothing."""

    def setUp(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.server.close)
        port = self.server.getsockname()[1]
        self.subject = self.service(
            store__url=f"postgresql://u@127.0.0.1:{port}/x")
        self.subject.launch()

    def wait_for(self, text, patience_s):
        """Until the log says it."""
        wait_until(lambda: text in self.subject.log_text(), text, patience_s)

    def test_journal_takes_what_is_sent(self):
        self.wait_for('what="journal made"', AT_ONCE_S)
        # More than the socket's queue takes.
        self.subject.send(*[session("a.example")] * 2000)

    def test_it_is_noticed_and_said(self):
        self.wait_for("store is away", 20)
        self.assertIn("timeout expired", self.subject.log_text())

    def test_it_ends_when_told_to(self):
        self.wait_for('what="journal made"', AT_ONCE_S)
        before = time.monotonic()
        self.assertEqual(OK, self.subject.stop())
        self.assertLess(time.monotonic() - before, 10)

    def test_it_reads_its_configuration_again(self):
        self.wait_for('what="journal made"', AT_ONCE_S)
        self.subject.signal(signal.SIGHUP)
        self.wait_for("configuration read", AT_ONCE_S)
        self.wait_for('what="journal opened"', 15)


class Locked(SystemTest):
    """Another process holds SQLite's write lock."""

    def test_it_receives_and_catches_up(self):
        service = self.service().start()
        service.stop()
        before = len(service.log_text())

        def says(text):
            wait_until(lambda: text in service.log_text()[before:], text,
                       AT_ONCE_S)
        other = sqlite3.connect(service.folder / "data" / "tlsrptd.db",
                                isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        service.launch()
        says('what="journal opened"')
        says('what="store is ready"')
        service.send(*[session("a.example")] * 1000)
        other.execute("ROLLBACK")
        service.wait_received(1000)


class Damaged(SystemTest):
    """The store's file is not a database any more."""

    def test_it_is_said_and_what_to_do(self):
        service = self.service().start()
        service.send(session("a.example"))
        service.wait_received(1)
        service.stop()
        database = service.folder / "data" / "tlsrptd.db"
        backup = database.read_bytes()
        database.write_bytes(b"not a database at all\n" * 1000)
        before = len(service.log_text())
        service.launch()

        def said():
            return [l for l in service.log_text()[before:].splitlines()
                    if "level=error" in l or "store is away" in l]
        wait_until(lambda: len(said()) >= 2, "both roles say it")
        service.send(session("a.example"))
        for line in said():
            self.assertIn('what="store is damaged"', line)
            self.assertIn("file is not a database", line)
            self.assertIn("put back a backup", line)
        self.assertLessEqual(len(said()), 2)
        self.assertEqual(OK, service.stop())
        database.write_bytes(backup)
        service.start()
        service.wait_received(2)


class NotOurs(SystemTest):
    """The store is of a newer program."""

    def test_it_ends_with_one_clear_line(self):
        service = self.service().start()
        service.stop()
        with sqlite3.connect(service.folder / "data" / "tlsrptd.db") as db:
            db.execute("INSERT INTO schema_migrations "
                       "VALUES (999, 'future', 'x', 0)")
        db.close()
        before = len(service.log_text())
        service.launch()
        self.assertEqual(CONFIG, service.process.wait(30))
        self.assertEqual([], service.processes())
        [line] = [l for l in service.log_text()[before:].splitlines()
                  if "level=error" in l]
        self.assertIn('what="store cannot be used"', line)
        self.assertIn("999", line)


class FirstStart(SystemTest):
    """No store is there yet."""

    def test_nothing_is_wrong(self):
        service = self.service().start()
        for level in ("warning", "error"):
            found = [l for l in service.log_text().splitlines()
                     if f"level={level}" in l and "demonstration" not in l
                     and "max_dgram_qlen" not in l]
            self.assertEqual([], found)


if __name__ == "__main__":
    unittest.main()
