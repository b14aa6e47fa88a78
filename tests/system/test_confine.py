"""test_confine.py -- what a role may do with files, where the kernel has
Landlock; where it has not, that nothing is lost, which the test then says."""

import ctypes
import os
import pathlib
import sys
import unittest

from harness import SystemTest, wait_until

SYS_LANDLOCK_CREATE_RULESET = 444
VERSION = 1  # a flag: asks for it
LEAST_VERSION = 2
ROLES = ("collect", "report", "deliver", "intake", "web", "watch")
WITH_PROGRAMS = {"deliver__mode": "on", "alert__command": "/bin/true",
                 "alert__routes": "critical=command"}


def kernel_can():
    """Whether it has a Landlock that is new enough."""
    return ctypes.CDLL(None).syscall(
        SYS_LANDLOCK_CREATE_RULESET, None, 0, VERSION) >= LEAST_VERSION


def setUpModule():
    """What cannot be seen is said."""
    os.environ.pop("TLSRPTD_DAEMON_CONFINE", None)
    if not kernel_can():
        print("this kernel has no Landlock: what it refuses could not be seen",
              file=sys.stderr)


class Confined(SystemTest):
    """The roles' processes."""

    def confined(self, service):
        """The roles that are, as the kernel tells: they can gain nothing by a
        program's file."""
        return [role for role in ROLES if "\nNoNewPrivs:\t1\n" in pathlib.Path(
            f"/proc/{service.role_pid(role)}/status").read_text()]

    def assert_confined(self, roles, service):
        """Those are, and all say it."""
        want = list(roles) if kernel_can() else []
        said = ["what=" + ('"confined' if role in want else '"not confined')
                for role in ROLES]
        wait_until(lambda: all(
            service.log_lines(f"role={role}", line)
            for role, line in zip(ROLES, said)), f"all roles say {said}")
        self.assertEqual(want, self.confined(service))

    def test_all_roles_are(self):
        service = self.service(daemon__log_level="debug").start()
        self.assert_confined(ROLES, service)

    def test_those_are_not_that_run_programs(self):
        service = self.service(daemon__log_level="debug",
                               **WITH_PROGRAMS).start()
        self.assert_confined([r for r in ROLES
                              if r not in ("deliver", "watch")], service)

    def test_nobody_is_who_need_not(self):
        service = self.service(daemon__log_level="debug",
                               daemon__confine="no").start()
        self.assert_confined([], service)

    def test_a_link_out_of_its_folders_is_not_followed(self):
        service = self.service().start()
        self.assertEqual(0, service.stop())
        identity = service.data_dir / "collector-id"
        outside = identity.rename(self.folder() / "collector-id")
        identity.symlink_to(outside)
        if kernel_can():
            service.launch()
            service.wait_logged("collector does not start",
                                "Permission denied")
            self.assertEqual(0, service.stop())
        service.options["daemon.confine"] = "no"
        service.write_config()
        service.start()


if __name__ == "__main__":
    unittest.main()
