"""test_openapi.py -- the description of the API is one: by a linter that is not
ours (redocly)."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import TESTS, TLSRPTD
from test_schema import install

PROJECT = TESTS / "openapi"


def node_folder():
    """The build folder with the linter, made if need be."""
    build = os.environ.get("TLSRPT_TEST_BUILD")
    folder = pathlib.Path(build or tempfile.gettempdir()) / "openapi"
    locked = (PROJECT / "package-lock.json").read_bytes()
    stamp = folder / "installed-lock.json"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(PROJECT / name, folder / name)
    if not (stamp.exists() and stamp.read_bytes() == locked):
        install(folder)
        stamp.write_bytes(locked)
    return folder


class OpenapiTest(unittest.TestCase):
    """tlsrptd --openapi"""

    def test_the_linter_has_nothing_to_say(self):
        folder = node_folder()
        document = folder / "openapi.json"
        document.write_bytes(subprocess.run(
            [TLSRPTD, "--openapi"], check=True, capture_output=True).stdout)
        done = subprocess.run(
            ["node", "node_modules/@redocly/cli/bin/cli.js", "lint",
             document.name, "--format=json", "--max-problems=100"],
            cwd=folder, capture_output=True, text=True, check=False,
            env={**os.environ, "REDOCLY_TELEMETRY": "off",
                 "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"})
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertNotIn('"severity"', done.stdout)


if __name__ == "__main__":
    unittest.main()
