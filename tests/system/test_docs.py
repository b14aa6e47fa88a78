"""test_docs.py -- what README, docs/operations.md, the way here from tlsrpt-reporter
and tlsrpt(1) tell users to type works as told.

Every indented line of all but the last is configuration, Postfix's settings, lines
of a unit, or a command of a kind known here; a line of another kind fails.
"""

import contextlib
import grp
import gzip
import json
import os
import re
import pwd
import shlex
import socket
import sqlite3
import subprocess
import textwrap
import unittest

from collectd import Collectd, Reportd
from harness import (DAY, OK, SystemTest, TESTS, TLSRPTD, session,
                     wait_until)
from ports import free_port
from test_inbox import EXAMPLE

ROOT = TESTS.parent
README = ROOT / "README.md"
OPERATIONS = ROOT / "docs" / "operations.md"
SECURITY = ROOT / "docs" / "security.md"
MIGRATING = ROOT / "docs" / "migrating-from-tlsrpt-reporter.md"
UNITS = ROOT / "packaging" / "systemd"
MANUAL = ROOT / "docs" / "man" / "tlsrpt.1"
CONFIG_FILE = "/etc/tlsrptd/tlsrptd.conf"
# What Postfix's postconf(5) calls its parameters.
POSTFIX_PARAMETERS = {"smtp_tlsrpt_enable", "smtp_tlsrpt_socket_name",
                      "transport_maps"}
# Where README says that reports of others lie, and where they are posted to.
OTHERS = "/var/mail/tls-reports"
ADDRESS = "127.0.0.1:8460"
# Steps of .ci/check by themselves: here only that they are there.
MAKE = re.compile(r"(?:sudo )?make ?([a-z-]*)$")


def blocks(kind, page=README):
    """The indented blocks of a page of one kind, without their indent."""
    found = re.findall(r"(?:^    .*\n)+", page.read_text(), re.MULTILINE)
    return [block for block in map(textwrap.dedent, found)
            if kind_of(block) == kind]


def kind_of(block):
    """What an indented block shows."""
    if re.match(r"\[(Socket|Service|Unit)\]", block):
        return "unit"
    if block.startswith("["):
        return "configuration"
    if block.startswith("scrape_configs:"):
        return "prometheus"
    return "postfix" if re.match(r"\w+ = ", block) else "commands"


def commands(page=README):
    """The command lines of a page as words; comments are dropped."""
    text = "".join(blocks("commands", page)).replace("\\\n", " ")
    return [words for words in (shlex.split(line, comments=True)
                                for line in text.splitlines()) if words]


def configuration(page=README):
    """The configuration that a page shows, in one, with a group that is here:
    Postfix's need not be."""
    ours = grp.getgrgid(os.getgid()).gr_name
    return "".join(blocks("configuration", page)).replace(
        "= postfix", f"= {ours}")


def postfix_settings(page=README):
    """The names on the left of a page's settings for Postfix."""
    return {line.split(" = ")[0] for line in
            "".join(blocks("postfix", page)).splitlines()}


def reaches(address):
    """Whether somebody listens there."""
    host, port = address.split(":")
    try:
        with socket.create_connection((host, int(port)), 1):
            return True
    except OSError:
        return False


class Readme(SystemTest):
    """Each thing that README says to type."""

    def program_of(self, name):
        """The arguments of the commands that call the program."""
        found = [words[1:] for words in commands() if words[0] == name]
        self.assertTrue(found, f"README shows no {name}")
        return found

    def test_each_command_is_of_a_known_kind(self):
        strange = [words for words in commands()
                   if words[0] not in ("tlsrpt", "tlsrptd", "curl")
                   and not MAKE.match(" ".join(words))]
        self.assertEqual([], strange)

    def test_make_targets_are_there(self):
        targets = set(re.findall(r"^([a-z-]+):.*##",
                                 (ROOT / "Makefile").read_text(), re.MULTILINE))
        for words in commands():
            named = MAKE.match(" ".join(words))
            if named and named[1]:
                self.assertIn(named[1], targets)

    def test_configuration_is_accepted(self):
        file = self.folder() / "tlsrptd.conf"
        file.write_text(configuration())
        for arguments in self.program_of("tlsrptd"):
            if "--check-config" not in arguments:
                continue
            self.assertIn(CONFIG_FILE, arguments)
            done = subprocess.run(
                [TLSRPTD, *(str(file) if word == CONFIG_FILE else word
                            for word in arguments)],
                capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(OK, done.returncode, done.stderr)

    def test_postfix_parameters_are_spelt_as_postfix_spells_them(self):
        self.assertEqual(POSTFIX_PARAMETERS, postfix_settings())

    def test_questions_are_answered(self):
        service = self.service()
        service.start()
        others = self.folder()
        (others / "report").write_text(json.dumps(EXAMPLE))
        for arguments in sorted(self.program_of("tlsrpt"),
                                key=lambda words: words[0] != "emit"):
            code, _, err = service.cli(*(str(others) if word == OTHERS else word
                                         for word in arguments))
            self.assertEqual((OK, ""), (code, err), arguments)
            if arguments[0] == "emit":
                wait_until(service.tallies, "the session is counted")
        (tally,) = service.tallies()
        self.assertEqual(["mailto:tls@example.com"], tally["rua"])
        (row,) = service.cli_json("inbox", "list")
        self.assertEqual(("file", "foreign"), (row["way"], row["state"]))

    def test_post_by_hand(self):
        address = f"127.0.0.1:{free_port()}"
        service = self.service(intake__http_listen=address)
        service.start()
        wait_until(lambda: reaches(address), "it listens")
        (service.folder / "report.json.gz").write_bytes(
            gzip.compress(json.dumps(EXAMPLE).encode()))
        (words,) = [words for words in commands() if words[0] == "curl"]
        self.assertIn(f"http://{ADDRESS}/tlsrpt", words)
        done = subprocess.run(
            [word.replace(ADDRESS, address) for word in words],
            cwd=service.folder, capture_output=True, timeout=60, check=True)
        intake = json.loads(done.stdout)["intake"]
        wait_until(lambda: intake in [
            row["intake-id"] for row in service.cli_json("inbox", "list")],
            "it is in the inbox")

    def test_all_variables_of_the_demo_are_told(self):
        told = re.findall(r"^\.It Ev (DEMO_\w+)", MANUAL.read_text(),
                          re.MULTILINE)
        self.assertTrue(told)
        for name in told:
            self.assertRegex(README.read_text(), rf"`{name}=")

    def test_two_lines_are_enough(self):
        (block, *_) = blocks("configuration")
        file = self.folder() / "tlsrptd.conf"
        file.write_text(block)
        self.assertEqual(2, block.count(" = "))
        done = subprocess.run([TLSRPTD, "-c", file, "--check-config"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(OK, done.returncode, done.stderr)


class Names(unittest.TestCase):
    """What pages call by a name is called so."""

    def options(self):
        """section.key of each option."""
        section, found = None, set()
        for line in (ROOT / "docs/tlsrptd.conf.sample").read_text() \
                .splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif re.match(r"#\w+ =", line):
                found.add(f"{section}.{line[1:].split()[0]}")
        return found

    def test_options(self):
        options = self.options()
        sections = "|".join({name.split(".")[0] for name in options})
        for page in (README, OPERATIONS, SECURITY, MIGRATING):
            named = set(re.findall(rf"`((?:{sections})\.[a-z_]+)",
                                   page.read_text()))
            self.assertTrue(named, page)
            self.assertEqual(set(), named - options, page)

    def test_files(self):
        for page in (README, OPERATIONS, SECURITY, MIGRATING):
            for name in re.findall(r"\b((?:docs|tests|collector)/[\w./-]+\w)",
                                   page.read_text()):
                self.assertTrue((ROOT / name).exists(), (page, name))


class Operations(SystemTest):
    """Each thing that docs/operations.md says to type."""

    def test_each_command_is_of_a_known_kind(self):
        strange = [words for words in commands(OPERATIONS) if words[0] not in (
            "tlsrpt", "tlsrptd", "systemctl", "journalctl", "sqlite3", "rm",
            "install")]
        self.assertEqual([], strange)

    def test_prometheus_takes_its_part(self):
        block, = blocks("prometheus", OPERATIONS)
        file = self.folder() / "prometheus.yml"
        file.write_text(block)
        done = subprocess.run(["promtool", "check", "config", file],
                              capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_units_are_ours(self):
        ours = {path.name.removesuffix(".in") for path in UNITS.glob("*.in")}
        named = set(re.findall(r"\S+\.(?:service|socket)\b",
                               " ".join(" ".join(words) for words in
                                        commands(OPERATIONS)
                                        if words[0].endswith("ctl"))))
        self.assertIn("tlsrptd.service", named)
        self.assertEqual(set(), named - ours)

    def test_lines_of_units_are_understood(self):
        edits = re.findall(r"`systemctl edit (\S+?)`[^`]*?\n\n"
                           r"((?:    .*\n)+)", OPERATIONS.read_text())
        self.assertEqual(len(blocks("unit", OPERATIONS)), len(edits))
        for name, block in edits:
            folder = self.folder()
            for path in UNITS.glob("*.in"):
                (folder / path.name.removesuffix(".in")).write_text(
                    path.read_text()
                    .replace("@TLSRPTD_CONFIG@", CONFIG_FILE)
                    .replace("@CMAKE_INSTALL_FULL_SBINDIR@/tlsrptd", TLSRPTD))
            unit = folder / name
            unit.write_text(f"{unit.read_text()}\n{textwrap.dedent(block)}")
            done = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", str(unit)],
                capture_output=True, text=True, timeout=60, check=False)
            self.assertNotIn("tlsrptd", done.stderr)
            self.assertEqual(OK, done.returncode, done.stderr)

    def test_configuration_is_accepted(self):
        file = self.folder() / "tlsrptd.conf"
        file.write_text(configuration(OPERATIONS))
        done = subprocess.run([TLSRPTD, "-c", file, "--check-config"],
                              capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(OK, done.returncode, done.stderr)

    def test_postfix_parameters_are_spelt_as_postfix_spells_them(self):
        self.assertEqual(set(),
                         postfix_settings(OPERATIONS) - POSTFIX_PARAMETERS)
        self.assertTrue(postfix_settings(OPERATIONS))

    def test_questions_are_answered(self):
        service = self.service().start()
        asked = [words[1:] for words in commands(OPERATIONS)
                 if words[0] == "tlsrpt"]
        self.assertTrue(asked)
        for arguments in asked:
            code, _, err = service.cli(*arguments)
            self.assertEqual((OK, ""), (code, err), arguments)
        wait_until(service.tallies, "the session is counted")

    def backup(self, service, words):
        """What the page does with a shell of SQLite, which need not be here."""
        path, sql = words[1:]
        with contextlib.closing(sqlite3.connect(path)) as store:
            store.execute(sql)
        self.assertTrue((service.folder / "tlsrptd.db").exists())

    def test_backup_and_restore(self):
        """As the page says, and what came after the backup counts once."""
        service = self.service().start()
        service.send(*[session("a.example")] * 2)
        service.wait_received(2)
        steps = [[word.replace("/var/lib/tlsrptd", str(service.data_dir))
                  .replace("/var/backups", str(service.folder))
                  for word in words] for words in commands(OPERATIONS)]
        first = next(i for i, words in enumerate(steps)
                     if words[0] == "sqlite3")
        last = next(i for i, words in enumerate(steps)
                    if words[0] == "install") + 1
        self.backup(service, steps[first])
        service.send(*[session("a.example")] * 3)
        service.wait_received(5)
        for words in steps[first + 1:last + 1]:
            if words[:2] == ["systemctl", "stop"]:
                self.assertEqual(OK, service.stop())
            elif words[:2] == ["systemctl", "start"]:
                service.start()
            else:
                self.run_as_ours(words)
        service.wait_received(5)
        tally, = service.tallies()
        self.assertEqual(5, tally["policies"][0]["summary"][
            "total-successful-session-count"])
        self.assertEqual(5, service.counters()["received"])

    def run_as_ours(self, words):
        """Where the page has the service's user it is ours."""
        names = {"-o": pwd.getpwuid(os.getuid()).pw_name,
                 "-g": grp.getgrgid(os.getgid()).gr_name}
        for flag, name in names.items():
            if flag in words:
                words[words.index(flag) + 1] = name
        subprocess.run(words, check=True, timeout=60)


class Migrating(SystemTest):
    """Each thing that docs/migrating-from-tlsrpt-reporter.md says to type."""

    def test_each_command_is_of_a_known_kind(self):
        self.assertEqual({"tlsrpt", "tlsrptd", "systemctl"},
                         {words[0] for words in commands(MIGRATING)})

    def test_configuration_is_accepted(self):
        file = self.folder() / "tlsrptd.conf"
        file.write_text(configuration(MIGRATING))
        done = subprocess.run([TLSRPTD, "-c", file, "--check-config"],
                              capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(OK, done.returncode, done.stderr)

    def test_what_was_counted_comes_along(self):
        """By hand: today 2, and of yesterday 1 by each of two files."""
        service = self.service(deliver__mode="on", deliver__delay_min="4h",
                               deliver__delay_max="4h").start()
        folder = self.folder()
        today, yesterday = DAY, "2026-03-01"
        Collectd(folder / "collectd.sqlite").add(
            today, *[session("a.example")] * 2)
        Collectd(folder / "collectd.yesterday.sqlite", installed="before").add(
            yesterday, session("b.example"))
        Reportd(folder / "reportd.sqlite").fetch(
            yesterday, "c.example", session("c.example"))
        for words in commands(MIGRATING):
            if words[0] != "tlsrpt":
                continue
            if words[1:3] == ["report", "send"]:
                wait_until(lambda: service.all_delivered(yesterday),
                           "yesterday's reports are built")
            code, _, err = service.cli(*(
                word.replace("/var/lib/tlsrpt", str(folder))
                for word in words[1:]))
            self.assertEqual((OK, ""), (code, err), words)
        self.assertEqual(
            [("a.example", 2), ("b.example", 1), ("c.example", 1)],
            [(tally["domain"], tally["policies"][0]["summary"][
                "total-successful-session-count"])
             for day in (today, yesterday) for tally in service.tallies(day)])

    def test_both_files_of_options_are_told_in_full(self):
        """Options of tlsrpt-reporter 0.5, but for those of the times that its
        parts wait for each other, which are named as such."""
        told = set(re.findall(r"`([a-z_]+)`", MIGRATING.read_text()))
        self.assertEqual(set(), {
            "storage", "socketname", "socketuser", "socketgroup", "socketmode",
            "sockettimeout", "max_uncommited_datagrams",
            "retry_commit_datagram_count", "pidfilename", "logfilename",
            "log_level", "daily_rollover_script",
            "dump_path_for_invalid_datagram", "debug_db",
            "debug_send_mail_dest", "debug_send_http_dest",
            "debug_send_file_dest", "dbname", "keep_days", "fetchers",
            "organization_name", "contact_info", "sender_address",
            "compression_level", "tlsrpt_record_map", "mail_destination_map",
            "http_upload_map", "http_script", "http_timeout",
            "sendmail_script", "sendmail_timeout", "spread_out_delivery",
            "interval_main_loop", "max_retries_delivery", "min_wait_delivery",
            "max_wait_delivery"} - told)


class Manual(SystemTest):
    """The examples of tlsrpt(1)."""

    def test_examples_run(self):
        service = self.service()
        service.start()
        examples = re.findall(r"^\.Dl (.*)", MANUAL.read_text(), re.MULTILINE)
        self.assertTrue(examples)
        for example in examples:
            program, *arguments = shlex.split(example)
            self.assertEqual("tlsrpt", program)
            code, _, err = service.cli(*arguments)
            self.assertEqual((OK, ""), (code, err), example)


if __name__ == "__main__":
    unittest.main()
