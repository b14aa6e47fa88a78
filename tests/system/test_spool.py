"""test_spool.py -- the spool of received reports: killed at 100 moments, chosen
at random, and on a full disk, what was acknowledged is there, once."""

import os
import random
import signal
import subprocess
import time
import unittest
from collections import Counter

from disks import Disk
from harness import SystemTest, wait_until

SPOOL_PUT = os.environ.get("SPOOL_PUT", "spool_put")
SEED = 8460
KILLS = 100
LIFE_S = 0.2  # longest
RELEASE_EVERY = 5  # kills
MANY = 10**6
MIB = 1 << 20
SMALL_DISK, LARGER_DISK = "4M", "8M"
SIZES = [1000, 10_000, 300_000]  # of a body; many pages are written in steps


class Putter:
    """A process that has the spool. What it says is in a file, so that it is
    never held up by who reads it."""

    def __init__(self, test, folder, max_bytes=1 << 40):
        self.out = test.folder() / "said"
        with open(self.out, "wb") as out:
            self.process = subprocess.Popen(
                [SPOOL_PUT, folder, str(MIB), str(max_bytes)],
                stdin=subprocess.PIPE, stdout=out)
        test.addCleanup(self.kill)

    def kill(self):
        """With signal 9, if it has not ended, and see that it is gone."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.stdin.close()
        self.process.wait()

    def end(self):
        """As it ends by itself."""
        self.process.stdin.close()
        return self.process.wait()

    def lines(self, verb, since=0):
        """What it said behind so many bytes, without the verb: a number and a
        text each."""
        said = [line.split(" ", 2)
                for line in self.out.read_text()[since:].splitlines()]
        return [(int(n), text) for first, n, text in said if first == verb]

    def tell(self, command):
        """Have it begin with that."""
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def do(self, command, *verbs):
        """Have it done: what it said of it by each verb."""
        since = self.out.stat().st_size
        self.tell(command)
        wait_until(lambda: self.out.read_bytes().endswith(b"done 0 \n", since)
                   or self.process.poll() is not None, command)
        if not self.lines("done", since):
            raise AssertionError(f"it ended: {self.out.read_text()[-500:]}")
        return [self.lines(verb, since) for verb in verbs]


class SpoolTest(SystemTest):
    """Numbered records, and what was said of each."""

    def setUp(self):
        self.stored = []  # (number, id), as acknowledged and not released

    def assert_there(self, putter):
        """Each that was acknowledged is there once, and as it was put."""
        there, damaged = putter.do("list", "there", "damaged")
        there = Counter(there)
        self.assertEqual([], damaged)
        self.assertEqual([], [one for one in self.stored if there[one] != 1])
        self.assertEqual([], [one for one in there if there[one] != 1])
        return there

    def reopen(self, folder):
        """Another process has the spool, and found nothing damaged."""
        putter = Putter(self, folder)
        (_, found), = wait_until(lambda: putter.lines("opened"), "it opens")
        self.assertIn(" damaged=0 aside=0", found)
        return putter, int(found.split()[0].removeprefix("torn="))


class Kills(SpoolTest):
    """Of a process that puts as fast as it can."""

    def test_what_was_acknowledged_is_there_once(self):
        chance = random.Random(SEED)
        folder = self.folder() / "spool"
        first, torn, acknowledged = 0, 0, 0
        for n in range(KILLS):
            putter = Putter(self, folder)
            putter.tell(f"put {first} {MANY} {chance.choice(SIZES)}")
            time.sleep(chance.uniform(0, LIFE_S))
            putter.kill()
            stored = putter.lines("stored")
            self.stored += stored
            acknowledged += len(stored)
            first += MANY
            putter, found = self.reopen(folder)
            torn += found
            self.assert_there(putter)
            if n % RELEASE_EVERY == RELEASE_EVERY - 1:
                putter.do("release")
                self.stored = []
            self.assertEqual(0, putter.end())
        self.assertGreater(acknowledged, KILLS)
        print(f"{acknowledged} acknowledged, {torn} torn ends")


class FullDisk(SpoolTest):
    """A disk of a few segments."""

    def setUp(self):
        super().setUp()
        self.disk = Disk(self, SMALL_DISK)
        self.spool = self.disk.path / "spool"
        self.first = 0

    def put(self, putter, n):
        """Numbers of those that were refused."""
        stored, refused, failed = putter.do(
            f"put {self.first} {n} 10000", "stored", "refused", "failed")
        self.first += n
        self.stored += stored
        self.assertEqual([], failed)
        self.assertEqual(n, len(stored) + len(refused))
        self.assertLessEqual({text for _, text in refused},
                             {"no space left"})
        return [number for number, _ in refused]

    def fill(self, putter):
        """Until a good many were refused."""
        self.assertGreater(len(self.put(putter, 1000)), 500)

    def test_it_goes_on_when_there_is_room(self):
        putter, _ = self.reopen(self.spool)
        self.fill(putter)
        self.assert_there(putter)
        self.disk.resize(LARGER_DISK)
        self.assertEqual([], self.put(putter, 100))
        self.assertEqual(0, putter.end())
        putter, torn = self.reopen(self.spool)
        self.assertEqual(len(self.stored),
                         sum(self.assert_there(putter).values()))
        self.assertEqual(0, torn)

    def test_it_goes_on_when_the_worker_has_read(self):
        putter, _ = self.reopen(self.spool)
        for _ in range(3):
            self.fill(putter)
            self.assert_there(putter)
            putter.do("release")
            self.stored = []
            self.assertEqual([], self.put(putter, 100))

    def test_killed_while_full(self):
        putter, _ = self.reopen(self.spool)
        self.fill(putter)
        putter.tell(f"put {self.first} {MANY} 10000")
        self.first += MANY
        putter.kill()
        putter, torn = self.reopen(self.spool)
        self.assertLessEqual(torn, 1)
        self.assert_there(putter)
        self.fill(putter)
        self.assert_there(putter)
        putter.do("release")
        self.stored = []
        self.assertEqual([], self.put(putter, 100))
        self.assert_there(putter)


if __name__ == "__main__":
    unittest.main()
