"""test_hostile.py -- what strangers write, in each field of a report and of a
mail's envelope, reaches no terminal, no line of the log and no file's name as
they wrote it."""

import copy
import json
import re
import subprocess
import unittest

from harness import OK, TLSRPT, wait_until
from test_inbox import EXAMPLE, mail
from test_lmtp import Client
from test_receive import Receiving

TEXTS = {
    "escape": "\x1b[2J\x1b]0;owned\x07",
    "C1": "\x9b2J\x9d",
    "C0": "a\x00b\x08\x7f",
    "bidi": "\u202egnp.exe\u202c \u2066x\u2069 \u200e\u200f\u061c",
    "newlines": "x\r\nlevel=error what=\"forged\"\u2028\u2029\x85\x0b\x0c",
    "HTML": "<script>alert(1)</script>&amp;\"'",
    "formula": "=HYPERLINK(\"http://x.example\")",
    "long": "n" * 300,
    "quotes": "\" x=\"1\" \\",
    "invisible": "\u200b\u2060\ufeff\U000e0041",
    "surrogate": "\ud800",
    "noncharacter": "\uffff\U0010ffff",
}
# C0 but for the newline, DEL, C1, and what turns or breaks lines.
BAD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029"
                 "\u202a-\u202e\u2066-\u2069]")
LOG_LINE = re.compile(r"level=(debug|info|warning|error) (\S+=(\S+|\".*\") ?)*")


def poisoned(value, text):
    """With the text in the place of each string that is no time."""
    if isinstance(value, dict):
        return {k: v if k in ("start-datetime", "end-datetime")
                else poisoned(v, text) for k, v in value.items()}
    if isinstance(value, list):
        return [poisoned(v, text) for v in value]
    return text if isinstance(value, str) else value


def hostile(text, name):
    """A report about us, and a policy with nothing but the text."""
    report = copy.deepcopy(EXAMPLE)
    ours = report["policies"][0]
    theirs = poisoned(copy.deepcopy(ours), text)
    report = poisoned({k: v for k, v in report.items() if k != "policies"},
                      text)
    ours["failure-details"] = theirs["failure-details"]
    ours["policy"]["policy-string"] = [text]
    ours["policy"]["mx-host"] = [text]
    report["policies"] = [ours, theirs]
    report["x-" + text] = text
    report["report-id"] += name  # each is another one
    return json.dumps(report).encode()


class Hostile(Receiving):
    """Commands, and the log, behind what was received."""

    def setUp(self):
        self.subject = self.receiving(intake__hourly="0")

    def said(self, *arguments):
        """What the command writes, as text."""
        done = subprocess.run(
            [TLSRPT, "-c", self.subject.config, *arguments],
            capture_output=True, timeout=60, check=False)
        self.assertEqual((OK, b""), (done.returncode, done.stderr))
        return done.stdout.decode()

    def assert_harmless(self, what, text):
        """Nothing that a terminal takes for more than text."""
        found = BAD.search(text)
        if found:
            around = text[max(0, found.start() - 60):found.end() + 20]
            self.fail(f"{what}: {around!r}")

    def assert_commands(self, rows):
        """All that shows them."""
        commands = [["list"], ["list", "--json"]]
        for row in rows:
            commands += [["show", row["intake-id"]],
                         ["show", row["intake-id"], "--json"]]
        for command in commands:
            with self.subTest(command[0], json="--json" in command):
                self.assert_harmless(" ".join(command),
                                     self.said("inbox", *command))

    def assert_log(self):
        """Each line is one of ours, and harmless."""
        text = self.subject.log.read_bytes().decode()
        self.assert_harmless("log", text)
        self.assertEqual([], [line for line in text.splitlines()
                              if not LOG_LINE.fullmatch(line)])

    def assert_names(self):
        """Files have the names that we gave them."""
        for path in self.subject.folder.rglob("*"):
            self.assertRegex(path.name, r"^[A-Za-z0-9._-]{1,80}$")

    def rows(self, n):
        """Once there are n."""
        def found():
            rows = json.loads(self.said("inbox", "list", "--json"))
            return rows if len(rows) >= n else None
        return wait_until(found, f"{n} are in the inbox")

    def test_fields_of_reports(self):
        for name, text in TEXTS.items():
            self.assertEqual(201, self.post(hostile(text, name))[0], name)
        raw = hostile("@@", "raw").replace(b"@@", b"\xff\xfe\x80\xc0\xaf\x1b")
        self.assertEqual(201, self.post(raw)[0])
        self.assert_commands(self.rows(len(TEXTS) + 1))
        self.assert_log()
        self.assert_names()

    def test_what_is_no_report(self):
        bodies = [b"{\"" + text.encode("utf-8", "replace") + b"\":\x1b}"
                  for text in TEXTS.values()]
        for body in bodies:
            self.assertEqual(201, self.post(body)[0])
        self.assert_commands(self.rows(len(bodies)))
        self.assert_log()

    def test_fields_of_requests(self):
        body = json.dumps(EXAMPLE).encode()
        n = int(self.post(body)[0] == 201)

        def taken(*args, **fields):
            # The same bytes again would not be kept.
            nonlocal body
            body += b" "
            return self.post(body, *args, **fields)[0] == 201
        for path in ("/tlsrpt/%1b%5b2J", "/tlsrpt/%0a%0d", "/tlsrpt/%00",
                     "/tlsrpt/%e2%80%ae", "/tlsrpt/..%2f..%2fx",
                     "/tlsrpt/a\"b", "/%1b%5b2J"):
            n += taken(path)
        for value in ("\x9b2J", "a\"b", "\xe2\x80\xae", "application/x\x1b[2J",
                      "x" * 2000):
            n += taken(**{"Content-Type": value, "User-Agent": value})
        self.assert_commands(self.rows(n))
        self.assert_log()
        self.assert_names()

    def test_envelopes_and_headers(self):
        n = 0
        for text in TEXTS.values():
            raw = text.encode("utf-8", "surrogatepass")
            client = Client(str(self.subject.folder / "lmtp"))
            self.addCleanup(client.close)
            client.greet()
            client.ask(b"MAIL FROM:<" + raw.replace(b"\r\n", b"") +
                       b"@x.example> SMTPUTF8\r\n")
            client.ask(b"MAIL FROM:<\"" + raw.replace(b"\r\n", b"")
                       .replace(b'"', b"") + b"\"@x.example> SMTPUTF8\r\n")
            client.ask(b"RSET\r\n")
            client.ask(b"MAIL FROM:<> SMTPUTF8\r\n")
            line = raw.partition(b"\r\n")[0]
            client.ask(b"RCPT TO:<tls+" + line + b"@company-y.example>\r\n")
            client.ask(b"RCPT TO:<tls@company-y.example>\r\n")
            message = b"From: " + line + b" <" + line + b"@x.example>\r\n" \
                b"TLS-Report-Submitter: " + line + b"\r\nSubject: " + line + \
                b"\r\n" + mail(hostile(text, "m")).partition(b"\n")[2]\
                .replace(b"\n", b"\r\n")
            client.send(b"DATA\r\n")
            if client.reply()[:3] == "354":
                client.ask(message + b".\r\n")
                n += 1
        self.assertGreater(n, 5)
        self.assert_commands(self.rows(n))
        self.assert_log()
        self.assert_names()


if __name__ == "__main__":
    unittest.main()
