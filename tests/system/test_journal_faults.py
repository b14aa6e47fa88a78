"""test_journal_faults.py -- the journal's disk is full, or its bytes are flipped:
what is lost is counted and said, everything else counts once."""

import unittest

from disks import Disk
from harness import SystemTest, failure, session, wait_until
from traffic import PADDING, tally_totals

FIRST_SEGMENT = "00000000000000000001.journal"
TWO_SEGMENTS = "140M"  # and what else is in the data folder
FOUR_SEGMENTS = "300M"
FULL = "journal is full: datagrams are lost and counted"
ROOM = "journal has room again"
SENT = 10


def padded(n):
    """The n-th session; some thousands fill a segment."""
    return session("padded.example", n=n, padding=PADDING)


class FullDisk(SystemTest):
    """The data folder is on a small disk, the store elsewhere."""

    def setUp(self):
        disk = Disk(self, TWO_SEGMENTS)
        store = self.folder() / "store.db"
        self.subject = self.service(daemon__data_dir=str(disk.path),
                                    store__url=f"sqlite:{store}").start()
        self.disk = disk
        self.sent = 0

    def send(self, n):
        """So many further sessions."""
        self.subject.send(*(padded(self.sent + i) for i in range(n)))
        self.sent += n

    def flood(self):
        """Until the journal is full, and a good deal more."""
        while not self.subject.log_lines(FULL):
            self.send(100)
        self.send(1000)

    def assert_counted(self):
        """What was sent was received or lost, and both is said."""
        service = self.subject
        wait_until(lambda: sum(self.taken_or_not()) >= self.sent,
                   "everything is accounted for")
        received, discarded = self.taken_or_not()
        self.assertEqual(self.sent, received + discarded)
        self.assertGreater(discarded, 0)
        self.assertEqual({"padded.example": [received, 0]},
                         tally_totals(service.tallies()))

    def assert_said(self):
        """That it was full once, and how many datagrams that cost."""
        service = self.subject
        told = [int(line.rpartition(" n=")[2])
                for line in service.log_lines("datagrams not taken")]
        self.assertEqual(self.taken_or_not()[1], sum(told))
        self.assertEqual(1, len(service.log_lines(FULL)))
        self.assertEqual(1, len(service.log_lines(ROOM)))

    def receives(self):
        """Whether a hundred more sessions were all received."""
        before = self.taken_or_not()[0]
        self.send(100)
        wait_until(lambda: sum(self.taken_or_not()) >= self.sent,
                   "they are accounted for")
        return self.taken_or_not()[0] == before + 100

    def taken_or_not(self):
        """How many datagrams were received, and how many lost."""
        counters = self.subject.counters()
        self.assertLessEqual(set(counters),
                             {"received", "sessions", "discarded"})
        return counters.get("received", 0), counters.get("discarded", 0)

    def test_the_store_comes_back(self):
        with self.subject.locked_store():
            self.flood()
        self.subject.wait_logged(ROOM)
        self.assert_counted()
        self.assertTrue(self.receives())
        self.assert_said()

    def test_the_disk_gets_room(self):
        with self.subject.locked_store():
            self.flood()
            self.disk.resize(FOUR_SEGMENTS)
            self.subject.wait_logged(ROOM)
            self.send(100)
        self.assert_counted()
        self.assertTrue(self.receives())
        self.assert_said()

    def test_killed_while_full(self):
        with self.subject.locked_store():
            self.flood()
            self.subject.kill()
        self.subject.start()
        # Once the store has caught up.
        wait_until(self.receives, "it receives again")
        self.assert_counted()


class SmallDisk(SystemTest):
    """The data folder's disk has no room for one segment."""

    def test_it_is_said_and_receives_once_there_is_room(self):
        disk = Disk(self, "40M")
        service = self.service(daemon__data_dir=str(disk.path))
        service.launch()
        service.wait_logged("level=error", "collector does not start",
                            "segments of 64 MiB", "No space left on device")
        service.send(*[session("a.example")] * 5)  # the socket's queue
        disk.resize(FOUR_SEGMENTS)
        service.wait_logged('what="collecting"')
        service.wait_received(5)


class Flipped(SystemTest):
    """Bytes of the journal that are not in the store yet."""

    def setUp(self):
        self.subject = self.service().start()
        self.segment = self.subject.data_dir / "journal" / FIRST_SEGMENT
        with self.subject.locked_store():
            self.subject.send(*(failure("a.example", f=f"number-{n}")
                                for n in range(SENT)))
            wait_until(lambda: self.subject.in_journal(
                b"number-%d" % (SENT - 1)), "all are in the journal")
            self.subject.kill()

    def flip(self, at):
        """All bits of a byte of the first segment."""
        with open(self.segment, "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 0xff]))

    def reasons(self):
        """Why sessions failed, as counted, each once."""
        [tally] = self.subject.tallies()
        [policy] = tally["policies"]
        found = policy["failure-details"]
        self.assertEqual({1}, {d["failed-session-count"] for d in found})
        return {d["failure-reason-code"] for d in found}

    def assert_torn(self, torn):
        """That record is lost, and counted as such; no other is."""
        self.flip(self.segment.read_bytes().index(b"number-%d" % torn))
        self.subject.start()
        self.subject.send(failure("a.example", f="later"))
        self.subject.wait_received(SENT)
        self.assertEqual({"received": SENT, "sessions": SENT, "torn": 1},
                         self.subject.counters())
        self.assertEqual(
            {"later"} | {f"number-{n}" for n in range(SENT) if n != torn},
            self.reasons())
        self.assertEqual(1, len(self.subject.log_lines("unreadable stretch")))

    def test_a_record(self):
        self.assert_torn(4)

    def test_the_last_record(self):
        self.assert_torn(SENT - 1)

    def test_the_header(self):
        self.flip(20)
        self.subject.start()
        aside = self.segment.with_name(FIRST_SEGMENT + ".damaged")
        self.assertTrue(aside.exists())
        self.assertEqual(1, len(self.subject.log_lines(
            "level=error", "put aside", "check the disk")))
        self.subject.send(session("b.example"))
        wait_until(lambda: self.subject.tallies(), "it goes on")
        self.assertEqual({"b.example": [1, 0]},
                         tally_totals(self.subject.tallies()))


if __name__ == "__main__":
    unittest.main()
