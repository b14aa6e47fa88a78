"""test_page.py -- the page in Chromium over the real service, with the demo's
story in it."""

import contextlib
import datetime
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import unittest

from harness import CORPUS, OK, SystemTest, TLSRPT, run_cli
from ports import free_port

RUN = pathlib.Path(__file__).parent.parent / "web" / "run"
PATIENCE_S = 500
USERS = {"anna": "shop.example", "bert": "bank.example"}


HOSTILE = ('"><img src=x onerror="window.pwned=1">'
           "<script>window.pwned=1</script>")
EVIDENCE = {"role": "shows", "trust": "authenticated", "reporter": HOSTILE,
            "first-seen": "2026-01-01", "last-seen": "2026-01-02", "failed": 3,
            "result-type": HOSTILE, "receiving-mx-hostname": HOSTILE,
            "receiving-ip": HOSTILE, "sending-mta-ip": HOSTILE,
            "detail": HOSTILE, "intake-id": HOSTILE}


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

    def read_log(self):
        """One session encrypted, one in clear text."""
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        head = f"{now} out1 postfix/smtp[12]: "
        hop = "relay=mx.a.example[192.0.2.1]:25, delay=0.1, delays=0/0/0/0"
        log = self.folder() / "mail.log"
        log.write_text(
            f"{head}Untrusted TLS connection established to "
            "mx.a.example[192.0.2.1]:25: TLSv1.3 with cipher "
            "TLS_AES_256_GCM_SHA384 (256/256 bits)\n" + "".join(
                f"{head}{i:08X}: to=<x@a.example>, {hop}, tls={level}, "
                "dsn=2.0.0, status=sent (250 ok)\n"
                for i, level in enumerate(("may", "may:none"))))
        self.assertEqual(OK, run_cli("-c", self.dir / "tlsrptd.conf", "tail",
                                     "--store", log)[0])

    def find_hostile_names(self):
        """One that is closed stays as it is."""
        with contextlib.closing(sqlite3.connect(
                self.dir / "data" / "tlsrptd.db", timeout=30)) as db, db:
            db.execute(
                "INSERT INTO finding VALUES ("
                "'01900000-0000-7000-8000-000000000001', 'foreign-mx',"
                " 'shop.example', ?, 4, 3, 2, 3, 20454, 20455, 1767312000,"
                " 1767398400, NULL, ?, ?)",
                (HOSTILE, HOSTILE, json.dumps([EVIDENCE])))

    def test_it_in_chromium(self):
        user, password = re.search(r"user (\S+), password (\S+)",
                                   self.told()).groups()
        for name, domain in USERS.items():
            code, _, err = run_cli(
                "-c", self.dir / "tlsrptd.conf", "user", "add", "--domain",
                domain, name, stdin=password.encode())
            self.assertEqual((OK, ""), (code, err))
        self.read_log()
        self.find_hostile_names()
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
