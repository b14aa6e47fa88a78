"""test_units.py -- what packaging/systemd has is what systemd takes, and shuts
the service in.

TLSRPT_UNITS names the folder of the units as they are installed.
"""

import configparser
import os
import pathlib
import re
import subprocess
import unittest

from harness import SystemTest, TESTS, TLSRPTD

SOURCE = TESTS.parent / "packaging" / "systemd"
UNITS = pathlib.Path(os.environ.get("TLSRPT_UNITS", SOURCE))
HANDED_OVER = TESTS.parent / "collector" / "daemon" / "listen_fds.h"
MOST_EXPOSED = 2.0
SERVICE = "tlsrptd.service"


def run(*command, **more):
    """What it said, both ways, and its exit code."""
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60,
                          check=False, **more)
    return done.returncode, done.stdout


class Unit(configparser.RawConfigParser):
    """A unit, of which each key comes once that is asked for."""

    def __init__(self, path):
        super().__init__(strict=False, delimiters="=", comment_prefixes="#")
        self.optionxform = str
        self.read_string(path.read_text())


class Units(SystemTest):
    """The units."""

    def folder_of_units(self):
        """They name programs that need not be installed."""
        folder = self.folder()
        for path in UNITS.glob("tlsrptd*"):
            (folder / path.name).write_text(re.sub(
                r"(?m)^(Exec\w+=)\S*/tlsrptd ", rf"\g<1>{TLSRPTD} ",
                path.read_text()))
        return folder

    def test_systemd_understands_them(self):
        paths = sorted(map(str, self.folder_of_units().glob("*")))
        self.assertEqual(5, len(paths))
        code, said = run("systemd-analyze", "verify", "--man=no", *paths)
        # Of other units of this machine it may say what it likes.
        ours = [line for line in said.splitlines() if "tlsrpt" in line]
        self.assertEqual([], ours)
        self.assertEqual(0, code, said)

    def test_exposure(self):
        code, said = run("systemd-analyze", "security", "--offline=true",
                         "--no-pager",
                         str(self.folder_of_units() / SERVICE))
        level = re.search(rf"exposure level for {SERVICE}: (\S+)", said)
        self.assertIsNotNone(level, said)
        self.assertLessEqual(float(level[1]), MOST_EXPOSED, said)
        self.assertEqual(0, code, said)

    def test_sockets_have_the_names_that_we_know(self):
        known = set(re.findall(r'#define LISTEN_FDS_\w+ "(\w+)"',
                               HANDED_OVER.read_text())) | {"mta"}
        named = set()
        for path in UNITS.glob("*.socket"):
            unit = Unit(path)
            named.add(unit["Socket"]["FileDescriptorName"])
            self.assertEqual(SERVICE, unit["Socket"]["Service"])
        self.assertEqual(known, named)

    def test_the_queue_is_made_after_its_length_is_set(self):
        self.assertIn("systemd-sysctl.service",
                      Unit(UNITS / "tlsrptd.socket")["Unit"]["After"])

    def test_nothing_that_the_service_needs_is_taken_away(self):
        """Each of these does harm; the unit tells which."""
        service = Unit(UNITS / SERVICE)["Service"]
        for key in ("PrivateUsers", "ProcSubset", "RemoveIPC",
                    "RestrictRealtime", "PrivateNetwork"):
            self.assertNotIn(key, service)
        self.assertEqual("1", service["LimitRTPRIO"])


class Others(SystemTest):
    """What goes with the units, in a folder that is the root."""

    def test_user(self):
        root = self.folder()
        (root / "etc").mkdir()
        code, said = run("systemd-sysusers", f"--root={root}",
                         str(SOURCE / "tlsrptd.sysusers"))
        self.assertEqual(0, code, said)
        self.assertRegex(
            (root / "etc" / "passwd").read_text(),
            r"(?m)^tlsrptd:x:\d+:\d+:[^:]+:/var/lib/tlsrptd:"
            r"/usr/sbin/nologin$")

    def test_folder(self):
        root = self.folder()
        (root / "etc").mkdir()
        run("systemd-sysusers", f"--root={root}",
            str(SOURCE / "tlsrptd.sysusers"))
        code, said = run("systemd-tmpfiles", "--create", f"--root={root}",
                         str(SOURCE / "tlsrptd.tmpfiles"))
        self.assertEqual(0, code, said)
        made = (root / "run" / "tlsrptd").stat()
        user = (root / "etc" / "passwd").read_text().split("tlsrptd:x:")[1]
        self.assertEqual((0o755, int(user.split(":")[0])),
                         (made.st_mode & 0o7777, made.st_uid))

    def test_sysctl(self):
        line, = [line for line in
                 (SOURCE / "tlsrptd.sysctl").read_text().splitlines()
                 if not line.startswith("#")]
        name, value = line.split(" = ")
        self.assertTrue(pathlib.Path("/proc/sys",
                                     *name.split(".")).exists())
        # What the service is content with.
        wanted = re.search(r"QUEUE_LIMIT_WANTED (\d+)", (
            TESTS.parent / "collector/daemon/listen_socket.c").read_text())
        self.assertGreaterEqual(int(value), int(wanted[1]))


if __name__ == "__main__":
    unittest.main()
