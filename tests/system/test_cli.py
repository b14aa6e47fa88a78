"""test_cli.py -- each command of `tlsrpt`: what it prints for people and as
JSON, its exit codes, and that outside bytes stay harmless."""

import json
import os
import re
import shlex
import socket
import sqlite3
import subprocess
import unittest
from datetime import datetime

from harness import (CONFIG, CORPUS, DATA, DAY, DAY_S, IO, NOON, NO_INPUT, OK,
                     TEMPFAIL, TESTS, TLSRPT, USAGE, SystemTest,
                     assert_no_fault, corpus, failure, run_cli, session)

COMMANDS_DEF = TESTS.parent / "collector" / "cli" / "commands.def"
COUNTERS_DEF = TESTS.parent / "collector" / "model" / "counters.def"
COMMON = ["--config", "--json", "--help"]
OPTIONS = {
    "emit": ["--socket", "--domain", "--record", "--rua", "--report",
             "--policy", "--policy-domain", "--policy-string", "--mx-host",
             "--succeeded", "--failed", "--fail", "--sending-ip", "--mx",
             "--helo", "--receiving-ip", "--info", "--reason"],
    "status": [],
    "collector list": [],
    "collector forget": [],
    "tally list": ["--day", "--domain"],
    "report list": ["--day"],
    "report show": [],
    "report build": ["--day", "--close"],
    "report send": ["--day", "--dry-run"],
    "delivery list": ["--state"],
    "delivery show": [],
    "delivery mail": [],
    "delivery retry": [],
    "delivery cancel": [],
    "delivery bounce": ["--to"],
    "suppression list": [],
    "suppression add": ["--reason", "--for"],
    "suppression remove": [],
    "domain list": [],
    "domain add": ["--token", "--mx"],
    "domain history": ["--since"],
    "domain remove": [],
    "import": [],
    "import-collectd": ["--day"],
    "inbox list": ["--state", "--verdict", "--reporter", "--domain",
                   "--since", "--until"],
    "inbox show": [],
    "inbox raw": [],
    "inbox quarantine": [],
    "inbox reprocess": ["--all", "--unreadable"],
    "tail": ["--store", "--follow"],
    "log list": ["--day", "--domain"],
    "log history": ["--domain", "--missing"],
    "finding judge": ["--day"],
    "finding list": ["--state"],
    "finding show": [],
    "finding acknowledge": ["--reason"],
    "finding mute": ["--until", "--reason"],
    "finding unmute": [],
    "alert list": ["--state"],
    "alert ways": [],
    "alert test": [],
    "record parse": [],
    "check": ["--resolver", "--trust-anchor", "--ca-file", "--port",
              "--https-port", "--helo", "--timeout"],
    "dkim record": ["--any-service"],
    "user list": [],
    "user add": ["--role", "--domain"],
    "user remove": [],
    "user passwd": [],
    "token list": [],
    "token add": ["--scope", "--for", "--name"],
    "token remove": [],
    "db migrate": [],
    "db check": [],
    "db copy": [],
    "demo": ["--corpus"],
}
STEPS = max(int(p.name[:4]) for p in
            (TESTS.parent / "sql" / "schema").glob("*.sqlite.sql"))
UTC = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def commands():
    """The commands of commands.def."""
    return re.findall(r'^COMMAND\("([^"]+)"', COMMANDS_DEF.read_text(),
                      re.MULTILINE)


def on_terminal(*arguments):
    """What `tlsrpt` prints on a terminal."""
    ours, its = os.openpty()
    with open(ours, "rb", buffering=0) as reader:
        with subprocess.Popen([TLSRPT, *arguments], stdout=its,
                              stderr=subprocess.PIPE) as process:
            os.close(its)
            out = b""
            while True:
                try:
                    out += reader.read(65536)
                except OSError:  # EIO: nobody writes to it any more
                    break
            assert_no_fault(process.stderr.read().decode())
    return out.decode()


class Usage(SystemTest):
    """Help, and what is asked for wrongly."""

    def test_help_lists_each_command(self):
        code, out, err = run_cli("--help")
        self.assertEqual((OK, ""), (code, err))
        self.assertEqual(commands(), list(OPTIONS))
        for command in commands():
            self.assertRegex(out, rf"(?m)^  {command} +\S")

    def test_help_of_each_command_lists_each_option(self):
        for command, options in OPTIONS.items():
            with self.subTest(command):
                code, out, err = run_cli(*command.split(), "--help")
                self.assertEqual((OK, ""), (code, err))
                self.assertTrue(out.startswith(f"Usage: tlsrpt {command}"))
                self.assertEqual(options + COMMON,
                                 re.findall(r"(?m)^  (--[a-z-]+)", out))

    def test_nothing_asked_for(self):
        code, out, _ = run_cli()
        self.assertEqual(USAGE, code)
        self.assertEqual(run_cli("--help")[1], out)

    def test_options_alone(self):
        self.assertEqual(USAGE, run_cli("--json")[0])
        for line in ("-h", "--json --help"):
            self.assertEqual(run_cli("--help"), run_cli(*line.split()))
        self.assertEqual(run_cli("--version"), run_cli("--json", "--version"))

    def test_version(self):
        code, out, _ = run_cli("--version")
        self.assertEqual(OK, code)
        self.assertRegex(out, r"^tlsrpt \d+\.\d+\.\d+\n$")

    def test_wrong_usage(self):
        for line, part in (
                ("staus", 'no command "staus"; did you mean "status"?'),
                ("tally lst", 'did you mean "tally list"?'),
                ("report bild", 'did you mean "report build"?'),
                ("juggle", 'no command "juggle"\n'),
                ("inbox lst", 'did you mean "inbox list"?'),
                ("--jsno status",
                 "tlsrpt: unknown option --jsno; did you mean --json?"),
                ("--day today tally list", "tlsrpt: unknown option --day\n"),
                ("--json=yes status", "option --json takes no value"),
                ("--config", "option --config needs a value: FILE"),
                ("tally list --dya today",
                 "unknown option --dya; did you mean --day?"),
                ("status --jsno",
                 "unknown option --jsno; did you mean --json?"),
                ("status --nonsense", "unknown option --nonsense\n"),
                ("status --json=yes", "option --json takes no value"),
                ("tally list --day", "option --day needs a value: DAY"),
                ("status now", 'unexpected argument "now"'),
                ("report show", "missing argument: ID"),
                ("report show a b", 'unexpected argument "b"'),
                ("record parse", "missing argument: TXT"),
                ("emit --socket /nowhere", "--domain and --record"),
        ):
            with self.subTest(line):
                self.assert_fails(USAGE, run_cli(*line.split()), part)

    def test_first_word_alone_lists_what_may_follow(self):
        for group in sorted({c.split()[0] for c in commands() if " " in c}):
            own = [c for c in commands() if c.startswith(group + " ")]
            with self.subTest(group):
                code, out, err = run_cli(group)
                self.assertEqual((USAGE, ""), (code, out))
                self.assertEqual(
                    own, re.findall(rf"(?m)^  ({group} [a-z]+) +\S", err))
                self.assertEqual((OK, err, ""), run_cli(group, "--help"))
        self.assertEqual(run_cli("inbox")[2], run_cli("inbox", "--json")[2])

    def test_no_configuration(self):
        missing = self.folder() / "none.conf"
        for command in ("status", "tally list", "report list", "db check",
                        "report build", "emit"):
            with self.subTest(command):
                err = self.assert_fails(
                    CONFIG, run_cli("-c", missing, *command.split()))
                self.assertEqual(
                    f"tlsrpt {command}: configuration:\n"
                    f"{missing}: No such file or directory\n", err)

    def test_option_may_stand_anywhere(self):
        service = self.service().start()
        for line in ("tally list --json --day today -c FILE",
                     "tally list --config=FILE --day=today --json",
                     "--config FILE tally list --day today --json --",
                     "-c FILE --json tally list --day today",
                     "--json --config=FILE tally list --day=today"):
            words = line.replace("FILE", str(service.config)).split()
            with self.subTest(line):
                self.assertEqual((OK, "[]\n", ""), run_cli(*words))


class Day(SystemTest):
    """Commands that look at a day with two domains, one that fails."""

    @classmethod
    def setUpClass(cls):
        cls.subject = cls.shared_service().start()
        cls.subject.send(session("b.example"), session("b.example"),
                         failure("a.example", s="192.0.2.1", r="2001:db8::1",
                                 n="mx.a.example", f="why_not"),
                         b"not a session")
        cls.subject.wait_received(4)
        cls.subject.close_day()

    def rows(self, *arguments):
        """A table that was printed for people, split at wide gaps."""
        code, out, err = self.subject.cli(*arguments)
        self.assertEqual((OK, ""), (code, err))
        return [re.split(r"  +", line) for line in out.splitlines()]

    def test_tally_list(self):
        self.assertEqual([
            ["DOMAIN", "POLICY", "POLICY DOMAIN", "SUCCEEDED", "FAILED"],
            ["a.example", "no-policy-found", "a.example", "0", "1"],
            ["", "1 x validation-failure (why_not) at "
                 "mx.a.example[2001:db8::1] from 192.0.2.1"],
            ["b.example", "no-policy-found", "b.example", "2", "0"],
        ], self.rows("tally", "list"))

    def test_tally_list_json(self):
        self.assertEqual([{
            "day": DAY, "domain": "a.example", "part": 0,
            "record": "v=TLSRPTv1; rua=mailto:tls@a.example",
            "rua": ["mailto:tls@a.example"],
            "policies": [{
                "policy": {"policy-type": "no-policy-found",
                           "policy-domain": "a.example"},
                "summary": {"total-successful-session-count": 0,
                            "total-failure-session-count": 1},
                "failure-details": [{
                    "result-type": "validation-failure",
                    "sending-mta-ip": "192.0.2.1",
                    "receiving-mx-hostname": "mx.a.example",
                    "receiving-ip": "2001:db8::1",
                    "failed-session-count": 1,
                    "failure-reason-code": "why_not"}],
            }],
        }], self.subject.cli_json("tally", "list", "--domain", "a.example"))

    def test_tally_list_of_days(self):
        self.assertEqual(2, len(self.subject.tallies("2026-03-02")))
        for day in ("today", "2026-03-01", "1970-01-01", "9999-12-31"):
            self.assertEqual([], self.subject.tallies(day))
        self.assertEqual([["no sessions on that day"]],
                         self.rows("tally", "list", "--day", "today"))
        self.assertEqual(self.subject.tallies(DAY),
                         self.subject.tallies("yesterday"))
        for day in ("tomorrow", "2026-3-2", "2026-02-30", "1969-12-31", ""):
            self.assert_fails(USAGE, self.subject.cli(
                "tally", "list", "--day", day),
                f'"{day}" is not a day such as 2026-11-22, today or yesterday')

    def test_domain_of_tally_list_has_no_case(self):
        self.assertEqual(
            self.subject.cli_json("tally", "list", "--domain", "a.example"),
            self.subject.cli_json("tally", "list", "--domain", "A.Example."))

    def test_status(self):
        code, out, err = self.subject.cli("status")
        self.assertEqual((OK, ""), (code, err))
        collectors, days, counters, inbox = [
            [re.split(r"  +", line) for line in part.splitlines()]
            for part in out.split("\n\n")]
        self.assertEqual(["HOST", "COLLECTOR", "COMPLETE UNTIL", "SEEN"],
                         collectors[0])
        self.assertEqual(socket.gethostname(), collectors[1][0])
        for time in collectors[1][2:]:
            self.assertRegex(time, f"^{UTC}$")
        self.assertEqual([
            ["DAY", "STATE", "CLOSED BY", "SUCCEEDED", "FAILED", "LATE",
             "REPORTS", "DELIVERED"],
            [DAY, "closed", "watermark", "2", "1", "0", "2", "2"]], days)
        self.assertEqual(["COUNTER", "IN A WEEK", "WHAT IT IS"], counters[0])
        self.assertEqual([["received", "4"], ["refused-json", "1"],
                          ["sessions", "3"]], [c[:2] for c in counters[1:]])
        self.assertEqual([["no reports of others are held"]], inbox)

    def test_status_json(self):
        status = self.subject.cli_json("status")
        self.assertEqual(["now", "collectors", "days", "counters", "inbox",
                          "inbox-refused"], list(status))
        datetime.fromisoformat(status["now"])
        [collector] = status["collectors"]
        self.assertEqual(
            ["collector", "host", "complete-until", "seen", "segment",
             "offset", "forgotten"], list(collector))
        [day] = status["days"]
        self.assertEqual(
            (DAY, "closed", 2, 1, 0, 2, 2),
            tuple(day[k] for k in (
                "day", "state", "total-successful-session-count",
                "total-failure-session-count", "late-session-count",
                "reports", "reports-delivered")))
        self.assertEqual({"received": 4, "sessions": 3, "refused-json": 1},
                         status["counters"])

    def test_report_list(self):
        rows = self.subject.report_rows()
        self.assertEqual(["a.example", "b.example"],
                         [r["domain"] for r in rows])
        table = self.rows("report", "list")
        self.assertEqual(["DAY", "DOMAIN", "REPORT ID", "SUCCEEDED", "FAILED",
                          "BYTES", "STATE"], table[0])
        self.assertEqual([[
            r["day"], r["domain"], r["report-id"],
            str(r["total-successful-session-count"]),
            str(r["total-failure-session-count"]), str(r["gzip-bytes"]),
            r["state"]] for r in rows], table[1:])
        self.assertEqual([], self.subject.report_rows("2026-03-01"))
        self.assert_fails(USAGE, self.subject.cli("report", "list", "--day",
                                                  "x"), '"x" is not a day')

    def test_report_show(self):
        for report in self.subject.reports():
            code, out, err = self.subject.cli("report", "show", report.id)
            self.assertEqual((OK, "", report.value),
                             (code, err, json.loads(out)))
            code, out, _ = self.subject.cli("report", "show", report.id,
                                            "--json")
            self.assertEqual((OK, report.json.decode()), (code, out))

    def test_report_show_of_none(self):
        self.assert_fails(NO_INPUT, self.subject.cli("report", "show", "x"),
                          "no report x")

    def test_report_build_has_nothing_to_do(self):
        self.assertEqual((OK, "0 reports built\n", ""),
                         self.subject.cli("report", "build", "--day", DAY))
        self.assertEqual({"built": 0}, self.subject.cli_json(
            "report", "build", "--close"))

    def test_report_build_of_other_days(self):
        for day, code, part in (
                ("2026-03-01", NO_INPUT, "no sessions on that day"),
                ("today", USAGE, "2026-03-03 is not over yet (UTC)"),
                ("2026-03-04", USAGE, "2026-03-04 lies in the future")):
            for more in ([], ["--close"]):
                with self.subTest([day, *more]):
                    self.assert_fails(code, self.subject.cli(
                        "report", "build", "--day", day, *more), part)


class Table(SystemTest):
    """What is shown of long texts."""

    def setUp(self):
        self.subject = self.service().start()

    def shown(self, *arguments):
        """What the command prints into a pipe, and on a terminal."""
        command = ["-c", str(self.subject.config), *arguments]
        return run_cli(*command)[1], on_terminal(*command)

    def test_counters_are_explained_in_full(self):
        [sentence] = re.findall(r'"refused-shape",\s*"([^"]+)"',
                                COUNTERS_DEF.read_text())
        self.assertGreater(len(sentence), 48)
        self.subject.send(b"{}")
        self.subject.wait_received(1)
        for out in self.shown("status"):
            self.assertRegex(out, rf"(?m)^refused-shape +1  {sentence}\r?$")

    def test_long_names_are_cut_on_a_terminal_only(self):
        name = "x" * 60 + ".example"
        self.subject.send(session(name), session("short.example"))
        self.subject.wait_received(2)
        pipe, terminal = self.shown("tally", "list", "--day", DAY)
        self.assertIn(f"{name}  no-policy-found  {name} ", pipe)
        self.assertIn("x" * 45 + "...  no-policy-found", terminal)
        for out in (pipe, terminal):
            self.assertIn(f"\n{'short.example':48}  no-policy-found", out)


class Build(SystemTest):
    """report build where no role does it."""

    def test_day_is_closed_and_built(self):
        service = self.service(daemon__roles="collect").start()
        service.send(session("b.example"), session("a.example"))
        service.wait_received(2)
        service.set_clock(NOON + DAY_S)
        self.assert_fails(NO_INPUT, service.cli("report", "build"),
                          f"{DAY} is not closed yet: it waits for collectors",
                          "--close closes it now")
        code, out, err = service.cli("report", "build", "--close")
        self.assertEqual((OK, "2 reports built\n"), (code, out))
        # The collector has not passed midnight by its own clock.
        self.assertIn("late sessions make a further report", err)
        self.assertEqual([("a.example", "waiting"), ("b.example", "waiting")],
                         [(r["domain"], r["state"])
                          for r in service.report_rows()])
        day = service.day()
        self.assertEqual(("closed", "operator", 2, 0),
                         (day["state"], day["closed-by"], day["reports"],
                          day["reports-delivered"]))
        self.assertEqual({"built": 0},
                         service.cli_json("report", "build", "--close"))

    def test_nobody_to_report_as(self):
        service = self.service(daemon__roles="collect", report__organization="")
        service.start()
        self.assert_fails(
            CONFIG, service.cli("report", "build", "--close"),
            "report.organization and report.contact must be set")


class Emit(SystemTest):
    """emit."""

    @classmethod
    def setUpClass(cls):
        cls.subject = cls.shared_service().start()

    def emit(self, domain, line):
        """emit with the options in the line: the domain's tally."""
        before = self.subject.counters().get("received", 0)
        got = self.subject.cli("emit", "--domain", domain, *shlex.split(line))
        self.assertEqual((OK, "", ""), got)
        self.subject.wait_received(before + 1)
        [tally] = self.subject.cli_json("tally", "list", "--day", DAY,
                                        "--domain", domain.lower())
        return tally

    def test_success(self):
        tally = self.emit("ok.example", "--rua mailto:a@ok.example "
                                        "--rua https://ok.example/tls")
        self.assertEqual(
            "v=TLSRPTv1; rua=mailto:a@ok.example,https://ok.example/tls",
            tally["record"])
        self.assertEqual([{
            "policy": {"policy-type": "no-policy-found",
                       "policy-domain": "ok.example"},
            "summary": {"total-successful-session-count": 1,
                        "total-failure-session-count": 0}}],
            tally["policies"])

    def test_several_policies_and_failures(self):
        tally = self.emit("Multi.Example", """
            --record 'v=TLSRPTv1;rua=mailto:a@multi.example'
            --policy sts --policy-string 'version: STSv1'
            --policy-string 'mode: enforce' --mx-host '*.multi.example'
            --fail certificate-expired --sending-ip 192.0.2.1
            --mx MX.multi.example --helo '250 mx.multi.example'
            --receiving-ip 2001:DB8::5 --reason x
            --info https://multi.example/why
            --fail starttls-not-supported
            --policy tlsa --policy-domain mx.multi.example
            --policy-string '3 1 1 abcd'
            --policy no-policy-found --failed
            --policy tlsa --policy-domain mx2.multi.example
            --policy-string '3 1 1 abcd' --fail tlsa-invalid --succeeded""")
        self.assertEqual("v=TLSRPTv1;rua=mailto:a@multi.example",
                         tally["record"])
        found = {(p["policy"]["policy-type"], p["policy"]["policy-domain"]): p
                 for p in tally["policies"]}
        self.assertEqual({
            ("tlsa", "mx.multi.example"): (1, 0, []),
            ("tlsa", "mx2.multi.example"): (1, 0, [
                {"result-type": "tlsa-invalid", "failed-session-count": 1}]),
            ("sts", "multi.example"): (0, 1, [
                {"result-type": "certificate-expired",
                 "sending-mta-ip": "192.0.2.1",
                 "receiving-mx-hostname": "mx.multi.example",
                 "receiving-mx-helo": "250 mx.multi.example",
                 "receiving-ip": "2001:db8::5",
                 "failed-session-count": 1,
                 "additional-information": "https://multi.example/why",
                 "failure-reason-code": "x"},
                {"result-type": "starttls-not-supported",
                 "failed-session-count": 1}]),
            ("no-policy-found", "multi.example"): (0, 1, [
                {"result-type": "validation-failure",
                 "failed-session-count": 1,
                 "failure-reason-code": "unspecified"}]),
        }, {key: (p["summary"]["total-successful-session-count"],
                  p["summary"]["total-failure-session-count"],
                  sorted(p.get("failure-details", []),
                         key=lambda d: d["result-type"]))
            for key, p in found.items()})
        self.assertEqual({
            "policy-type": "sts",
            "policy-string": ["version: STSv1", "mode: enforce"],
            "policy-domain": "multi.example", "mx-host": ["*.multi.example"],
        }, found["sts", "multi.example"]["policy"])
        self.assertEqual(
            ["3 1 1 ABCD"],
            found["tlsa", "mx.multi.example"]["policy"]["policy-string"])

    def test_policy_behind_its_failure_is_not_lost(self):
        tally = self.emit("order.example", "--rua mailto:a@order.example "
                          "--fail starttls-not-supported --policy sts")
        self.assertIn("sts", [p["policy"]["policy-type"]
                              for p in tally["policies"]])

    def path(self):
        """A file with a session."""
        path = self.folder() / "session.json"
        path.write_bytes(session("file.example"))
        return path

    def test_wrong_usage(self):
        good = "--domain a.example --rua mailto:a@a.example "
        for line, part in (
                ("--domain a.example", "--domain and --record"),
                ("--rua mailto:a@a.example", "--domain and --record"),
                (good + "--policy dane", '"dane"'),
                (good + "--fail bad-luck", '"bad-luck" is not a result type'),
                (good + "--reason x", "--reason belongs behind --fail"),
                (f"{self.path()} {good}", "--domain"),
                (good + "--policy sts --mx-host a --policy-domain b",
                 "--policy-domain belongs right behind --policy"),
                (good + "--record 'v=TLSRPTv1;rua=mailto:a@a.example'",
                 "either --record or --rua, not both"),
                (good + "--succeeded --failed",
                 "--succeeded or --failed, not both"),
                (good + "--rua mailto:b@a.example?" + "x" * 4096,
                 "--rua: "),
        ):
            with self.subTest(line):
                self.assert_fails(
                    USAGE, self.subject.cli("emit", *shlex.split(line)), part)

    def test_values_that_no_report_could_carry(self):
        domain = "--domain a.example "
        good = domain + "--rua mailto:a@a.example "
        fail = good + "--fail validation-failure "
        for line, part in (
                ("--domain '' --rua mailto:a@a.example",
                 '--domain: "" is no domain name'),
                ("--domain 'a b' --rua mailto:a@a.example",
                 '--domain: "a b" is no domain name'),
                (domain + "--rua 'not a uri'", '--rua: "not a uri" is no URI'),
                (domain + "--rua http://x",
                 '--rua: "http://x" is no mailto: or https: URI'),
                (good + "--rua 'mailto:a@b; rua=mailto:evil@x'", "--rua: "),
                (good + "--rua 'mailto:a@b;rua=mailto:evil@x'", "--rua: "),
                (domain + "--record 'v=TLSRPTv1;'", "--record: no rua field"),
                (good + "--policy sts --policy-domain 'a b'",
                 '--policy-domain: "a b" is no host name'),
                (fail + "--sending-ip 999.1.1.1",
                 '--sending-ip: "999.1.1.1" is no IP address'),
                (fail + "--receiving-ip x", "--receiving-ip: "),
                (fail + "--mx a/b", '--mx: "a/b" is no host name'),
                (fail + "--info x", '--info: "x" is no URI'),
        ):
            before = self.subject.counters().get("received", 0)
            with self.subTest(line):
                self.assert_fails(
                    USAGE, self.subject.cli("emit", *shlex.split(line)), part)
                self.assertEqual(before,
                                 self.subject.counters().get("received", 0))

    def test_address_literal(self):
        tally = self.emit("literal.example", "--rua mailto:a@literal.example "
                          "--fail validation-failure --mx [IPv6:2001:DB8::1]")
        self.assertEqual(
            "[ipv6:2001:db8::1]", tally["policies"][0]["failure-details"][0]
            ["receiving-mx-hostname"])

    def test_files_and_standard_input(self):
        folder = self.folder()
        one, many = folder / "one.json", folder / "many.json"
        one.write_bytes(session("one.example"))
        many.write_bytes(b"\n".join([session("many.example")] * 3) + b"\n\n")
        before = self.subject.counters().get("received", 0)
        self.assertEqual((OK, "", ""), self.subject.cli(
            "emit", str(one), "-", str(many),
            stdin=session("stdin.example") + b"\n"))
        self.subject.wait_received(before + 5)
        counted = {t["domain"]: t["policies"][0]["summary"]
                   ["total-successful-session-count"]
                   for t in self.subject.tallies()}
        self.assertEqual((1, 3, 1), tuple(counted.get(d) for d in (
            "one.example", "many.example", "stdin.example")))

    def test_corpus_files(self):
        samples = [str(CORPUS / name) for name in corpus()]
        before = self.subject.counters().get("sessions", 0)
        self.assertEqual((OK, "", ""), self.subject.cli("emit", *samples))
        self.subject.wait_received(before + len(samples))
        self.assertEqual(before + len(samples),
                         self.subject.counters()["sessions"])

    def test_missing_file(self):
        missing = self.folder() / "none.json"
        self.assert_fails(NO_INPUT, self.subject.cli("emit", str(missing)),
                          f"{missing}: No such file or directory")

    def test_folder_is_no_file(self):
        folder = self.folder()
        code, _, err = self.subject.cli("emit", str(folder))
        self.assertNotEqual(OK, code)
        self.assertIn("Is a directory", err)

    def test_too_long_a_line(self):
        path = self.folder() / "lines.json"
        path.write_bytes(session("lines.example") + b"\n"
                         + session("huge.example", pad="x" * 300000) + b"\n")
        before = self.subject.counters().get("received", 0)
        self.assert_fails(
            DATA, self.subject.cli("emit", str(path)),
            f"{path}:2: longer than a datagram, which has at most 212960 bytes")
        self.subject.wait_received(before + 1)

    def test_file_without_end(self):
        self.assert_fails(DATA, self.subject.cli("emit", "/dev/zero"),
                          "/dev/zero:1: longer than a datagram")

    def test_too_large_for_a_datagram(self):
        text = "x" * 120000
        self.assert_fails(DATA, self.subject.cli(
            "emit", "--domain", "huge.example", "--rua",
            "mailto:a@huge.example", "--policy-string", text,
            "--policy-string", text), "Message too long")


class EmitToNobody(SystemTest):
    """emit while the service is down."""

    SESSION = ("--domain", "a.example", "--rua", "mailto:a@a.example")

    def setUp(self):
        self.path = self.folder() / "tlsrpt.sock"
        self.file = self.path.with_suffix(".json")
        self.file.write_bytes(session("a.example"))

    def check(self, why):
        """A session and a file come back as to be tried again."""
        for arguments in (self.SESSION, (str(self.file),)):
            with self.subTest(arguments[0]):
                self.assert_fails(TEMPFAIL, run_cli(
                    "emit", "--socket", self.path, *arguments), why)

    def test_no_socket(self):
        self.check("No such file or directory")

    def test_nobody_listens(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.bind(str(self.path))
        self.check("Connection refused")

    def test_queue_stays_full(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own, \
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            own.bind(str(self.path))
            sender.setblocking(False)
            with self.assertRaises(BlockingIOError):
                while True:
                    sender.sendto(b"x", str(self.path))
            self.assert_fails(TEMPFAIL, run_cli(
                "emit", "--socket", self.path, *self.SESSION),
                "Resource temporarily unavailable")


class Record(SystemTest):
    """record parse."""

    def parse(self, *txts):
        """Exit code and what --json says; the text for people must agree."""
        code, out, err = run_cli("record", "parse", "--json", "--", *txts)
        value = json.loads(out)
        self.assertEqual("", err)
        text_code, text, err = run_cli("record", "parse", *txts)
        self.assertEqual(code, text_code)
        self.assertEqual([f"report to  {r['uri']}" for r in value["rua"]]
                         + [f"note       {n}" for n in value["notes"]],
                         text.splitlines())
        if code == OK:
            self.assertEqual((True, ""), (value["valid"], err))
        else:
            self.assertEqual(f"tlsrpt record parse: {value['error']}\n", err)
            self.assertFalse(value["valid"])
        return code, value

    def test_records_of_the_rfc(self):
        for txt, scheme, uri in (
                ("v=TLSRPTv1;rua=mailto:reports@example.com", "mailto",
                 "mailto:reports@example.com"),
                ("v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt",
                 "https", "https://reporting.example.com/v1/tlsrpt")):
            self.assertEqual((OK, {
                "valid": True, "rua": [{"scheme": scheme, "uri": uri}],
                "notes": []}), self.parse(txt))

    def test_good_records(self):
        for txts, uris, notes in (
                (["v=spf1 -all", "v=TLSRPTv1;rua=mailto:a@b.example"],
                 ["mailto:a@b.example"], 0),
                (["v=TLSRPTv1; rua=https://b.example/x, mailto:a@B.example;"],
                 ["https://b.example/x", "mailto:a@b.example"], 0),
                (["v=TLSRPTv1; x_1.y-z=1; rua=mailto:a@b.example"],
                 ["mailto:a@b.example"], 0),
                (["v=TLSRPTv1 ; rua=mailto:a@b.example"],
                 ["mailto:a@b.example"], 1),
                (["v=TLSRPTv1;rua=mailto:a@b.example;rua=mailto:c@d.example"],
                 ["mailto:a@b.example", "mailto:c@d.example"], 1),
                (["v=TLSRPTv1;rua=mailto:a%2Bb@c.example?subject=x"],
                 ["mailto:a+b@c.example"], 1),
                (["v=TLSRPTv1;rua=ftp://b.example/,mailto:a@b.example"],
                 ["mailto:a@b.example"], 1),
                (["v=TLSRPTv1;rua=mailto:a@b.example,mailto:a@b.example"],
                 ["mailto:a@b.example"], 1)):
            with self.subTest(txts):
                code, value = self.parse(*txts)
                self.assertEqual((OK, uris, notes), (
                    code, sorted(r["uri"] for r in value["rua"]),
                    len(value["notes"])))

    def test_bad_records(self):
        for txts, error in (
                (["v=spf1 -all"], "no v=TLSRPTv1 record"),
                (["V=TLSRPTv1;rua=mailto:a@b.example"], "no v=TLSRPTv1 record"),
                (["v=TLSRPTv2;rua=mailto:a@b.example"], "no v=TLSRPTv1 record"),
                (["v=TLSRPTv1 rua=mailto:a@b.example"], "no v=TLSRPTv1 record"),
                (["v=TLSRPTv1"], "no v=TLSRPTv1 record"),
                ([" v=TLSRPTv1;rua=mailto:a@b.example"],
                 "no v=TLSRPTv1 record"),
                (["v=TLSRPTv1;rua=mailto:a@b.example"] * 2,
                 "2 v=TLSRPTv1 records where there may be one"),
                (["v=TLSRPTv1;"], "no rua field"),
                (["v=TLSRPTv1;RUA=mailto:a@b.example"], "no rua field"),
                (["v=TLSRPTv1;rua="], "no usable URI in rua"),
                (["v=TLSRPTv1;rua=a@b.example"], "no usable URI in rua"),
                (["v=TLSRPTv1;rua=http://b.example/"], "no usable URI in rua"),
                (["v=TLSRPTv1;rua=mailto:"], "no usable URI in rua"),
                (["v=TLSRPTv1;rua=https://"], "no usable URI in rua"),
                ([""], "no v=TLSRPTv1 record")):
            with self.subTest(txts):
                code, value = self.parse(*txts)
                self.assertEqual((DATA, error, []),
                                 (code, value["error"], value["rua"]))


class Database(SystemTest):
    """db migrate, db check."""

    def setUp(self):
        self.subject = self.service()
        self.data = self.subject.folder / "data"
        self.data.mkdir()
        self.database = self.data / "tlsrptd.db"

    def sql(self, statement, *values):
        """Change the store behind everybody's back."""
        with sqlite3.connect(self.database) as connection:
            connection.execute(statement, values)
        connection.close()

    def migrate(self):
        """Make the schema."""
        self.assertEqual(
            (OK, f"store has schema {STEPS}, as this program needs\n", ""),
            self.subject.cli("db", "migrate"))

    def assert_refused(self, part):
        """No command and no service uses the store."""
        for line in ("db check", "db migrate", "status", "tally list",
                     "report list", "report show x", "report build"):
            with self.subTest(line):
                self.assert_fails(CONFIG, self.subject.cli(*line.split()), part)
        self.subject.launch()
        self.assertEqual(CONFIG, self.subject.process.wait(30))
        self.assertIn(part, self.subject.log_text())
        self.assertNotIn('what="collecting"', self.subject.log_text())

    def test_migrate_and_check(self):
        self.assert_fails(NO_INPUT, self.subject.cli("db", "check"),
                          "no store at", "tlsrpt db migrate")
        self.database.touch()
        self.assert_fails(CONFIG, self.subject.cli("db", "check"),
                          "the store has no schema", "tlsrpt db migrate")
        self.migrate()
        self.migrate()
        self.assertEqual(self.subject.cli("db", "migrate"),
                         self.subject.cli("db", "check"))
        for command in ("migrate", "check"):
            self.assertEqual({"schema": STEPS, "wanted": STEPS},
                             self.subject.cli_json("db", command))

    def test_looking_does_not_make_a_store(self):
        for line in ("db check", "status", "tally list", "report list"):
            self.subject.cli(*line.split())
            with self.subTest(line):
                self.assertEqual([], list(self.data.iterdir()))

    def test_newer_schema_is_refused(self):
        self.migrate()
        self.sql("INSERT INTO schema_migrations SELECT 99, name, checksum,"
                 " applied_at FROM schema_migrations WHERE version = 1")
        self.assert_refused(
            f"the store has schema 99, this program knows {STEPS}")

    def test_altered_schema_is_refused(self):
        self.migrate()
        self.sql("UPDATE schema_migrations SET checksum = ?", "0" * 64)
        self.assert_refused("altered schema step")

    def test_no_database(self):
        self.database.write_text("this is not a database\n" * 100)
        for command in ("check", "migrate"):
            self.assert_fails(IO, self.subject.cli("db", command),
                              "file is not a database")

    def test_store_is_away(self):
        for url in ("sqlite:/nowhere/at/all.db",
                    "postgresql://127.0.0.1:1/tlsrpt"):
            self.subject.options["store.url"] = url
            self.subject.write_config()
            for line in ("db check", "db migrate", "status", "tally list"):
                with self.subTest(f"{url} {line}"):
                    self.assert_fails(TEMPFAIL, self.subject.cli(*line.split()))


# What a terminal acts on, or what turns the direction of reading.
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f"
                      "\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")
HOSTILE = ("\x1b]0;pwned\x07\x1b[2J\x1b[31m\x9b31m\x7f\r\nFAKE level=error "
           "what=\"fake\"\t\x08\u202eevil\u2066\u200b\u2028\ufeff\u061c"
           "\U000e0041\\x1b%1b\x00\"'")


def hostile_sessions():
    """Sessions with hostile texts wherever there is text, and no sessions."""
    detail = {"c": 205, **{key: HOSTILE for key in "snhraf"}}
    policies = [{
        "policy-type": kind, "policy-domain": f"{HOSTILE}.example",
        "policy-string": [HOSTILE, f"mx: {HOSTILE}"], "mx-host": [HOSTILE],
        "failure-details": [detail], "t": 7, "f": 3} for kind in (1, 2, 9)]
    raw = b"\x1b[2J\n\x9b\xff\xfeFAKE"
    return [
        session("hostile.example", policies),
        session(f"{HOSTILE}.example", policies,
                pr=f"v=TLSRPTv1; rua=mailto:a@b.example; {HOSTILE}"),
        session("rua.example", pr=f"v=TLSRPTv1; rua=mailto:{HOSTILE}@b.example,"
                                  f"https://b.example/{HOSTILE}"),
        session("raw.example", policies).replace(
            b"evil", b"\x9b\xff\xfeFAKE"),
        raw, b"{" + raw, session("x.example", dpv=HOSTILE),
        json.dumps({HOSTILE: HOSTILE}).encode(),
    ]


class Hostile(SystemTest):
    """Bytes of a session that would steer the operator's terminal."""

    @classmethod
    def setUpClass(cls):
        cls.subject = cls.shared_service(
            daemon__log_level="debug").start()
        sessions = hostile_sessions()
        cls.subject.send(*sessions)
        cls.subject.wait_received(len(sessions))
        cls.subject.close_day()

    def assert_harmless(self, text):
        """Nothing in it steers, and no line was made up."""
        self.assertEqual([], sorted(set(STEERING.findall(text))))
        self.assertIsNone(re.search(r"(?m)^FAKE", text))

    def check(self, *arguments):
        """What the command prints is harmless."""
        code, out, err = self.subject.cli(*arguments)
        self.assertEqual((OK, ""), (code, err))
        self.assertIn("FAKE", out)
        self.assert_harmless(out)

    def test_all_is_accounted_for(self):
        counters = self.subject.counters()
        self.assertEqual((8, 4, 2, 1, 1), tuple(counters.get(c) for c in (
            "received", "sessions", "refused-json", "refused-version",
            "refused-shape")))

    def test_tally_list(self):
        self.check("tally", "list", "--day", DAY)

    def test_tally_list_json(self):
        self.check("tally", "list", "--day", DAY, "--json")

    def test_report_show(self):
        for report in self.subject.reports():
            if b"FAKE" in report.json:
                self.check("report", "show", report.id)

    def test_lists_without_them(self):
        for line in ("status", "status --json", "report list",
                     "report list --json"):
            with self.subTest(line):
                code, out, err = self.subject.cli(*line.split())
                self.assertEqual((OK, ""), (code, err))
                self.assert_harmless(out)

    def test_record_parse(self):
        txt = HOSTILE.replace("\x00", "")
        for txts in ([txt], [f"v=TLSRPTv1; rua=https://b.example/{txt}"],
                     [f"v=TLSRPTv1; rua=mailto:a@b.example; {txt}"],
                     [f"v=TLSRPTv1; {txt}"]):
            for more in ([], ["--json"]):
                _, out, err = run_cli("record", "parse", *more, "--", *txts)
                self.assert_harmless(out + err)

    def test_errors_of_commands(self):
        txt = HOSTILE.replace("\x00", "").replace("/", "")
        for arguments, want in (
                (("report", "show", txt), NO_INPUT), (("emit", txt), NO_INPUT),
                (("status", txt), USAGE), (("status", f"--{txt}"), USAGE),
                ((f"--{txt}", "status"), USAGE)):
            code, out, err = self.subject.cli(*arguments)
            self.assertEqual(want, code)
            self.assert_harmless(out + err)

    def test_log(self):
        text = self.subject.log_text()
        self.assertIn("FAKE", text)
        self.assert_harmless(text)
        for line in text.splitlines():
            self.assertRegex(line, r'^level=\w+ role=\w+ what="[^"]+"( |$)')

    def test_file_names(self):
        for report in self.subject.reports():
            self.assert_harmless(report.name)
            self.assertNotIn("/", report.name)


if __name__ == "__main__":
    unittest.main()
