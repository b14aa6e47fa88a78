"""service.py -- a store of its own, and `tlsrpt` as if it were another day."""

import datetime
import json
import os
import pathlib
import subprocess
import time

from days import DAY_S, seconds_of
from mails import AUTHSERV_ID

TLSRPT = os.path.join(os.environ.get("TLSRPT_BIN", ""), "tlsrpt")
LATE_S = DAY_S - 60  # a day's work is done at its end
CONFIG = """\
[daemon]
roles = collect
demo = yes
data_dir = {data}
clock_offset = {offset}s
[dns]
resolver = none
[intake]
authserv_id = {server}
daily = 0
"""


class Service:
    """With an SQLite database in the folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.data.mkdir(parents=True)
        self.config = self.folder / "tlsrptd.conf"
        self.set_day(0)
        self.run("db", "migrate")

    def set_day(self, day):
        """What is received now is received on that day."""
        offset = seconds_of(day, LATE_S) - int(time.time())
        self.config.write_text(CONFIG.format(
            data=self.data, offset=offset, server=AUTHSERV_ID))

    def run(self, *arguments):
        """What it says."""
        done = subprocess.run(
            [TLSRPT, "-c", self.config, *map(str, arguments)],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"tlsrpt {' '.join(map(str, arguments))}: "
                               f"{done.returncode}: {done.stderr}")
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def own(self, domain, hosts):
        """What the owner of a domain tells."""
        more = [word for host in hosts for word in ("--mx", host)]
        self.run("domain", "add", *more, domain)

    def take(self, folder):
        """How many files became what; in the order of their names."""
        return self.json("import", *(sorted(folder.iterdir()) or [folder]))

    def judge(self, day):
        """Findings after a look at that day."""
        date = datetime.date.fromordinal(
            seconds_of(day) // DAY_S
            + datetime.date(1970, 1, 1).toordinal()).isoformat()
        self.run("finding", "judge", "--day", date)
        return self.json("finding", "list")


def knows_findings():
    """Whether this `tlsrpt` judges at all."""
    done = subprocess.run([TLSRPT, "--help"], capture_output=True, text=True,
                          check=False)
    return "finding" in done.stdout + done.stderr
