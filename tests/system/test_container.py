"""test_container.py -- what packaging/container says fits the programs: nothing
is built there."""

import os
import re
import subprocess
import unittest

from harness import OK, PATIENCE_S, SystemTest, TESTS, TLSRPTD

CONTAINER = TESTS.parent / "packaging" / "container"


def services():
    """Name and TLSRPTD_ variables of each service in compose.yml."""
    found, name = {}, None
    for line in (CONTAINER / "compose.yml").read_text().splitlines():
        if service := re.fullmatch(r"  ([a-z]+):", line):
            name = service[1]
        if variable := re.fullmatch(r"      (TLSRPTD_[A-Z_]+): (.*)", line):
            found.setdefault(name, {})[variable[1]] = variable[2]
    return found


class ContainerTest(SystemTest):
    """The files in packaging/container."""

    def test_image_has_each_library(self):
        text = (CONTAINER / "Dockerfile").read_text().split("FROM ")[2]
        packages = set(re.findall(r"[a-z0-9.-]+", text))
        listed = subprocess.run(["readelf", "-d", TLSRPTD], check=True,
                                capture_output=True, timeout=PATIENCE_S)
        for name, number in re.findall(r"\[(lib[a-z0-9]+)\.so\.([0-9]+)\]",
                                       listed.stdout.decode()):
            if name in ("libc", "libm", "libasan", "libubsan", "libtsan"):
                continue # of the base image, or of a build for tests
            wanted = {"libcrypto": "libssl3", "libz": "zlib1g"}.get(
                name, name + ("-" if name[-1].isdigit() else "") + number)
            self.assertIn(wanted, packages)

    def test_variables_are_a_configuration(self):
        self.assertEqual({"collect", "report", "web"}, set(services()))
        folder = self.folder()
        path = folder / "tlsrptd.conf"
        path.touch()
        password = folder / "password"
        password.write_text("secret\n")
        password.chmod(0o400)
        for name, variables in services().items():
            variables["TLSRPTD_STORE_PASSWORD_FILE"] = str(password)
            done = subprocess.run([TLSRPTD, "-c", path, "--check-config"],
                                  env={**os.environ, **variables},
                                  timeout=PATIENCE_S, capture_output=True)
            self.assertEqual((OK, f"{path}: no fault found\n"),
                             (done.returncode, done.stdout.decode()),
                             f"{name}: {done.stderr.decode()}")


if __name__ == "__main__":
    unittest.main()
