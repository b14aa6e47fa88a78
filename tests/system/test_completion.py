"""test_completion.py -- bash completes each command and each option that
`tlsrpt --help` tells of."""

import re
import subprocess
import unittest

from harness import run_cli

# The words that are typed, the last one not yet whole; prints what it may be.
ASK = """\
load() { # bash-completion reads it in a function, too
	eval "$(cat "$0")"
}
load
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_tlsrpt
printf '%s\\n' "${COMPREPLY[@]}"
"""


class Completion(unittest.TestCase):
    """What is offered."""

    @classmethod
    def setUpClass(cls):
        code, cls.script, _ = run_cli("--completion")
        assert code == 0

    def offered(self, *words):
        """Behind `tlsrpt`, the last word being begun."""
        done = subprocess.run(
            ["bash", "--norc", "-c", ASK, "/dev/stdin", "tlsrpt", *words],
            input=self.script, capture_output=True, text=True, timeout=30,
            check=True)
        self.assertEqual("", done.stderr)
        return done.stdout.split()

    def commands(self):
        """As the help lists them, in words."""
        rows = [line[2:21].split() for line in
                run_cli("--help")[1].splitlines() if line.startswith("  ")]
        self.assertGreater(len(rows), 30)
        return rows

    def test_each_command(self):
        for row in self.commands():
            for n, word in enumerate(row):
                self.assertIn(word, self.offered(*row[:n], word[:2]), row)

    def test_each_option_of_each_command(self):
        for row in self.commands():
            told = re.findall(r"(?m)^  (--[\w-]+)",
                              run_cli(*row, "--help")[1])
            self.assertLessEqual({"--json", "--help"}, set(told), row)
            self.assertEqual(set(told), set(self.offered(*row, "--")), row)

    def test_options_before_the_command(self):
        self.assertEqual(["inbox"], self.offered("-c", "file", "--json", "inb"))
        self.assertEqual(["--version"], self.offered("--ver"))

    def test_values_and_operands_are_files(self):
        self.assertEqual([], self.offered("-c", ""))
        self.assertEqual([], self.offered("emit", "--domain", ""))
        self.assertEqual([], self.offered("import", "x"))

    def test_what_is_typed_is_not_run(self):
        for word in ("$(exit 9)", "`exit 9`", "a]b", "'", "x y"):
            self.assertEqual(["status"], self.offered(word, "stat"))


if __name__ == "__main__":
    unittest.main()
