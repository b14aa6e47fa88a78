"""test_pgsql_full.py -- the disk of PostgreSQL is full, under load: nothing is
lost, nothing is counted twice."""

import os
import shutil
import unittest

from disks import Disk
from fleet import Fleet, counted, received
from harness import wait_until
from postgres import AS_USER, Postgres
from traffic import Traffic

DISK = "100m"
SOME = 500  # sessions
DOMAINS = tuple(f"d{n}.example" for n in range(20000))  # each a row or more
PATIENCE_S = 90


class Full(Traffic):
    """Two collectors at a server whose data is on a small disk."""

    def full(self, log_on_disk):
        """And then there is room again."""
        disk = Disk(self, DISK)
        os.chmod(disk.path.parent, 0o755)
        if AS_USER:
            shutil.chown(disk.path, "nobody")
        server = Postgres(disk=disk.path, log_on_disk=log_on_disk)
        self.addCleanup(server.close)
        password = server.password_file(self.folder())
        fleet = Fleet([self.service_on_socket(
            daemon__roles="collect", store__url=server.url(),
            store__password_file=password) for _ in range(2)],
            domains=DOMAINS)
        self.addCleanup(fleet.stop)
        fleet.start()
        wait_until(lambda: received(server) >= SOME, "some are stored")
        ballast = disk.fill()
        for service in fleet.services:
            service.wait_logged("store does not take tallies, "
                                "the journal keeps them")
        if log_on_disk:
            server.write_log()
            self.assertIn("PANIC: ", (server.folder / "log").read_text())
        fleet.wait_for_more(SOME)
        ballast.unlink()
        wait_until(server.comes_back, "the server is back")
        fleet.wait_for_more(SOME)
        fleet.stop()
        wait_until(lambda: received(server) >= fleet.total(),
                   "all is in the store", PATIENCE_S)
        self.assertEqual(fleet.sent, counted(server))
        self.assertEqual(fleet.total(), received(server))
        return fleet

    def test_of_its_tables(self):
        """Statements fail."""
        fleet = self.full(log_on_disk=False)
        for service in fleet.services:
            self.assertTrue(service.log_lines(
                "store does not take tallies", "No space left on device"))

    def test_of_its_log_as_well(self):
        """It breaks down, and may stay so."""
        self.full(log_on_disk=True)


if __name__ == "__main__":
    unittest.main()
