"""test_page.py -- the page in Chromium over the real service, with the demo's
story in it."""

import os
import pathlib
import re
import signal
import subprocess
import unittest

from harness import CORPUS, OK, SystemTest, TLSRPT, run_cli
from https_receiver import free_port

RUN = pathlib.Path(__file__).parent.parent / "web" / "run"
PATIENCE_S = 500
USERS = {"anna": "shop.example", "bert": "bank.example"}


class PageTest(SystemTest):
    """Login, each view, and two who may not see each other's domain."""

    def setUp(self):
        self.dir = self.folder() / "demo"
        self.port = free_port()
        self.demo = subprocess.Popen(
            [TLSRPT, "demo", "--corpus", CORPUS], start_new_session=True,
            env={**os.environ, "DEMO_DIR": str(self.dir), "DEMO_EMPTY": "",
                 "DEMO_EXIT": "", "DEMO_STAY": "1",
                 "DEMO_PORT": str(free_port()),
                 "DEMO_PAGE_PORT": str(self.port)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.put_away)

    def put_away(self):
        """Whatever happened, nothing of it stays."""
        try:
            os.killpg(self.demo.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.demo.communicate()

    def told(self):
        """What it says until it stays."""
        out = ""
        for line in self.demo.stdout:
            out += line
            if "The service stays up" in line:
                return out
        raise AssertionError(f"it ended: {out}")

    def test_it_in_chromium(self):
        user, password = re.search(r"user (\S+), password (\S+)",
                                   self.told()).groups()
        for name, domain in USERS.items():
            code, _, err = run_cli(
                "-c", self.dir / "tlsrptd.conf", "user", "add", "--domain",
                domain, name, stdin=password.encode())
            self.assertEqual((OK, ""), (code, err))
        done = subprocess.run(
            [RUN, "service.mjs"], timeout=PATIENCE_S,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env={**os.environ,
                 "TLSRPT_WEB_URL": f"http://127.0.0.1:{self.port}/",
                 "TLSRPT_WEB_USER": user, "TLSRPT_WEB_PASSWORD": password,
                 "TLSRPT_WEB_USERS": " ".join(
                     f"{name}:{domain}" for name, domain in USERS.items())})
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.demo.send_signal(signal.SIGTERM)
        self.assertEqual(OK, self.demo.wait(60))


if __name__ == "__main__":
    unittest.main()
