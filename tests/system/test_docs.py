"""test_docs.py -- what README and tlsrpt(1) tell users to type works as told.

Every indented line of README is configuration, Postfix's settings, or a command
of a kind known here; a line of another kind fails.
"""

import grp
import gzip
import json
import os
import re
import shlex
import socket
import subprocess
import textwrap
import unittest

from harness import CONTACT, OK, SystemTest, TESTS, TLSRPTD, wait_until
from https_receiver import free_port
from test_inbox import EXAMPLE

ROOT = TESTS.parent
README = ROOT / "README.md"
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


def blocks(kind):
    """The indented blocks of README of one kind, without their indent."""
    found = re.findall(r"(?:^    .*\n)+", README.read_text(), re.MULTILINE)
    return [block for block in map(textwrap.dedent, found)
            if kind_of(block) == kind]


def kind_of(block):
    """What an indented block of README shows."""
    if block.startswith("["):
        return "configuration"
    return "postfix" if re.match(r"\w+ = ", block) else "commands"


def commands():
    """The command lines of README as words; comments are dropped."""
    text = "".join(blocks("commands")).replace("\\\n", " ")
    return [words for words in (shlex.split(line, comments=True)
                                for line in text.splitlines()) if words]


def configuration():
    """The configuration that README shows, in one, with a group that is here:
    Postfix's need not be."""
    ours = grp.getgrgid(os.getgid()).gr_name
    return "".join(blocks("configuration")).replace("= postfix", f"= {ours}")


def postfix_settings():
    """The names on the left of README's settings for Postfix."""
    return {line.split(" = ")[0] for line in
            "".join(blocks("postfix")).splitlines()}


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
