"""test_config.py -- configurations that are wrong, and what else keeps tlsrptd
from starting: it says all of it at once, and leaves nothing behind."""

import ctypes
import os
import pathlib
import re
import signal
import socket
import stat
import subprocess
import unittest

from harness import (CONFIG, OK, PATIENCE_S, SystemTest, TESTS, TLSRPTD,
                     UNAVAILABLE, USAGE, assert_no_fault, run_cli, session,
                     wait_until)

OPTIONS_DEF = TESTS.parent / "collector" / "config" / "options.def"
GOOD = """\
[report]
organization = Example Sender
contact = tls-reports@sender.example
"""
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2

MISTAKES = """\
# One mistake a line, but for the lines that say otherwise.
[demon]
anything = is passed over here, like the section
[daemon]
data_dri = data
demo = maybe
log_level = loud
clock_offset = 1w
roles = collect, reprot
[collect]
socket = tlsrpt.sock
socket = other.sock
socket_mode = 0999
flush_rows = many
flush_interval = 1d
journal_max = 1MiB
organization = Example Sender
these are just words
[report]
contact = nobody
[store]
url = mysql:tlsrptd
"""
# By the line; those that only the whole file shows come last.
FAULTS = """\
2: unknown section "demon"; did you mean "daemon"?
5: unknown key "data_dri"; did you mean "data_dir"?
6: daemon.demo: "maybe" is neither yes nor no
7: daemon.log_level: "loud" is not one of error|warning|info|debug
8: daemon.clock_offset: "1w" is not a duration such as 500ms, 30s, 5m, 4h or 1d
12: collect.socket is set already in line 11
13: collect.socket_mode: "0999" is not an octal mode such as 0660
14: collect.flush_rows: "many" is not a number
15: collect.flush_interval: "1d" must be from 10ms to 5m
16: collect.journal_max: "1MiB" must be from 128MiB to 1024GiB
17: key "organization" belongs into section [report]
18: neither [section] nor key = value
9: unknown role "reprot"; did you mean "report"?
20: report.contact: "nobody" is not a mail address
22: store.url: "mysql:tlsrptd" begins neither with sqlite: nor with postgresql:
"""

MORE_MISTAKES = """\
first = before any section
[daemon
[daemon]
data_dir =
xyz = 1
log_\x01level = info
demo = no
clock_offset = -1d
[collect]
socket = {long}
socket_owner = no-such-user
socket_group = no-such-group
allow_uids = 0, no-such-user
[deliver]
"""
MORE_FAULTS = """\
1: key before the first [section]
2: a section is written [name]
4: daemon.data_dir: "" must not be empty
5: unknown key "xyz"
6: control characters in the line
10: collect.socket: "{long}" is longer than 107 bytes
11: collect.socket_owner: there is no user "no-such-user"
12: collect.socket_group: there is no group "no-such-group"
13: collect.allow_uids: there is no user "no-such-user"
: report.organization is needed by role report: \
the name of who sends the reports
: report.contact is needed by role report: \
a mail address for questions about reports
8: daemon.clock_offset works only with demo = yes
"""


def drop_override():
    """What root may read for being root is not to be read any more."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)
    prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH, 0, 0, 0)


def tlsrptd(*arguments, preexec_fn=None):
    """Run it to its end: exit code, stdout, stderr."""
    done = subprocess.run([TLSRPTD, *map(str, arguments)], timeout=PATIENCE_S,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          preexec_fn=preexec_fn)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def faults(path, lines):
    """Lines as they are printed: with the file's name in front."""
    return "".join(f"{path}{line}\n" if line.startswith(": ")
                   else f"{path}:{line}\n" for line in lines.splitlines())


class ConfigTest(SystemTest):
    """Tests with a configuration file of their own."""

    def setUp(self):
        self.dir = self.folder()
        self.path = self.dir / "tlsrptd.conf"

    def write(self, text):
        """Write the configuration."""
        self.path.write_text(text)
        return self.path

    def assert_leaves_nothing(self, *arguments, want=CONFIG, **more):
        """It ends with the code and makes no file: what it said on stderr."""
        before = sorted(self.dir.rglob("*"))
        code, out, err = tlsrptd(*arguments, **more)
        self.assertEqual(want, code, err)
        self.assertEqual("", out)
        self.assertEqual(before, sorted(self.dir.rglob("*")))
        assert_no_fault(err)
        return err


class Mistakes(ConfigTest):
    """What is wrong in the file."""

    def test_all_mistakes_are_said_at_once(self):
        path = self.write(MISTAKES)
        for arguments in (("-c", path), ("-c", path, "--check-config"),
                          ("--dump-config", "--config", path)):
            err = self.assert_leaves_nothing(*arguments)
            self.assertEqual(faults(path, FAULTS), err)

    def test_further_mistakes(self):
        long = "/" + "x" * 107
        path = self.write(MORE_MISTAKES.format(long=long))
        self.assertEqual(
            faults(path, MORE_FAULTS.format(long=long[:100])),
            self.assert_leaves_nothing("-c", path))

    def test_command_tells_the_same(self):
        service = self.service()
        service.config.write_text(MISTAKES)
        err = self.assert_fails(CONFIG, service.cli("status"))
        self.assertEqual("tlsrpt status: configuration:\n"
                         + faults(service.config, FAULTS), err)

    def test_dump_dir_is_a_folder(self):
        path = self.write(f"{GOOD}[collect]\ndump_dir = none\n")
        self.assertEqual(
            f'{path}:5: collect.dump_dir: "{self.dir}/none": No such file or '
            "directory\n", self.assert_leaves_nothing("-c", path))

    def test_empty_organization(self):
        path = self.write(GOOD.replace("Example Sender", ""))
        self.assertEqual(
            f"{path}:2: report.organization is needed by role report: "
            "the name of who sends the reports\n",
            self.assert_leaves_nothing("-c", path))

    def test_contact_is_a_mail_address(self):
        for contact in ("nobody", "@b.example", "a@", "a b@c.example",
                        "a@b@c.example", "<a@b.example>", "a@b.example/c",
                        "a@b!c.example", "a@b..example", "a@.example",
                        "a..b@c.example", ".a@b.example"):
            path = self.write(
                f"[report]\norganization = x\ncontact = {contact}\n")
            with self.subTest(contact):
                self.assertEqual(
                    f'{path}:3: report.contact: "{contact}" is not a mail '
                    "address\n", self.assert_leaves_nothing("-c", path,
                                                            "--check-config"))

    def test_collector_alone_needs_no_organization(self):
        path = self.write("[daemon]\nroles = collect\n")
        self.assertEqual((OK, f"{path}: no fault found\n", ""),
                         tlsrptd("-c", path, "--check-config"))

    def test_clock_offset_needs_demo(self):
        path = self.write("[daemon]\nclock_offset = 1s\n" + GOOD)
        self.assertEqual(
            f"{path}:2: daemon.clock_offset works only with demo = yes\n",
            self.assert_leaves_nothing("-c", path))

    def test_role_named_twice(self):
        path = self.write("[daemon]\nroles = collect, collect\n" + GOOD)
        self.assertIn(f"{path}:2: ", self.assert_leaves_nothing(
            "-c", path, "--check-config"))

    def test_hostile_bytes_are_escaped(self):
        path = self.write("[daemon]\nx\u202e\u009b31m = 1\n"
                          "roles = \u202ecollect\n" + GOOD)
        err = self.assert_leaves_nothing("-c", path)
        self.assertEqual(2, len(err.splitlines()))
        self.assertNotIn("\u202e", err)
        self.assertNotIn("\u009b", err)


class NoFile(ConfigTest):
    """The file is not there, or not for us."""

    def check(self, path, why, **more):
        """Service and command say why, with the file's name."""
        err = self.assert_leaves_nothing("-c", path, **more)
        self.assertEqual(f"{path}: {why}\n", err)

    def test_missing(self):
        self.check(self.path, "No such file or directory")

    def test_unreadable(self):
        self.write(GOOD).chmod(0)
        self.check(self.path, "Permission denied", preexec_fn=drop_override)

    def test_folder(self):
        self.check(self.dir, "Is a directory")

    def test_loop_of_links(self):
        self.path.symlink_to(self.path)
        self.check(self.path, "Too many levels of symbolic links")

    def test_too_large(self):
        self.write("#" * (1024 * 1024 + 1))
        self.check(self.path, "more than 1048576 bytes")


class Dump(ConfigTest):
    """--check-config and --dump-config."""

    def dump(self, path):
        """The configuration in force."""
        code, out, err = tlsrptd("-c", path, "--dump-config")
        self.assertEqual((OK, ""), (code, err))
        return out

    def test_check_says_so_and_makes_nothing(self):
        path = self.write(GOOD)
        self.assertEqual((OK, f"{path}: no fault found\n", ""),
                         tlsrptd("-c", path, "--check-config"))
        self.assertEqual([path], list(self.dir.iterdir()))

    def warnings(self, lines):
        """The options that --check-config warns of."""
        path = self.write(GOOD + lines)
        code, out, err = tlsrptd("-c", path, "--check-config")
        self.assertEqual((OK, f"{path}: no fault found\n"), (code, out))
        return re.findall(r"^warning: ([a-z_.]+): ", err, re.MULTILINE)

    def test_check_warns_of_all_risky_choices_at_once(self):
        self.assertEqual(
            ["collect.socket_mode", "intake.lmtp_mode", "intake.http_listen",
             "metrics.listen"],
            self.warnings("[collect]\nsocket_mode = 0666\n"
                          "[intake]\nhttp_listen = 0.0.0.0:8460\n"
                          "lmtp_listen = /run/lmtp\nlmtp_mode = 0662\n"
                          "[metrics]\nlisten = [::]:9846\n"))
        self.assertEqual(["intake.lmtp_listen"],
                         self.warnings("[intake]\n"
                                       "lmtp_listen = 192.0.2.1:24\n"))
        self.assertEqual(["collect.logs_in_reports"],
                         self.warnings("[collect]\nlogs_in_reports = yes\n"
                                       "[dns]\nresolver = none\n"))

    def test_check_does_not_warn_of_what_is_guarded(self):
        self.assertEqual([], self.warnings(
            "[collect]\nsocket_mode = 0666\nallow_uids = 0\n"
            "[intake]\nhttp_listen = 127.0.0.1:8460\n"
            "lmtp_listen = [::1]:24\n"
            "[metrics]\nlisten = /run/metrics.sock\n"))
        self.assertEqual([], self.warnings(
            "[daemon]\nroles = report\n[collect]\nsocket_mode = 0666\n"))

    def test_check_tries_what_dns_is_asked_with(self):
        for lines, fault in (
                ("resolver = no.address.example",
                 '"no.address.example" is no address of a name server'),
                ("resolver = 127.0.0.1\ntrust_anchor = /nonexistent",
                 "/nonexistent: No such file or directory")):
            path = self.write(f"{GOOD}[dns]\n{lines}\n")
            self.assertEqual((OK, f"{path}: no fault found\n", ""),
                             tlsrptd("-c", path, "--check-config"))
            for asks in ("[intake]\nlmtp_listen = /run/lmtp\n",
                         "[deliver]\nmode = on\n"):
                path.write_text(f"{GOOD}[dns]\n{lines}\n{asks}")
                self.assertEqual(
                    (CONFIG, "", f"{path}: section dns: {fault}\n"),
                    tlsrptd("-c", path, "--check-config"))

    def test_dump_read_back_gives_the_same_dump(self):
        (self.dir / "refused").mkdir()
        path = self.write(
            "[daemon]\ndata_dir = here\nroles = report,collect\n"
            "log_level=debug\ndemo=yes\nclock_offset = -90m\n"
            "[collect]\nsocket_mode = 600\nallow_uids = 0 , 65534\r\n"
            "journal_max = 3221225472\nflush_interval = 1500ms\n"
            "dump_dir = refused\n[report]\n"
            'organization = "Räksmörgås" & Co; #1 \\ = best\n'
            "contact = a+b@sender.example\nmax_size = 65537\n")
        first = self.dump(path)
        path.write_text(first)
        self.assertEqual(first, self.dump(path))
        values = dumped(first)
        self.assertEqual({
            "daemon.data_dir": f"{self.dir}/here",
            "daemon.roles": "report, collect",
            "daemon.clock_offset": "-90m",
            "collect.socket_mode": "0600",
            "collect.allow_uids": "0, 65534",
            "collect.journal_max": "3GiB",
            "collect.flush_interval": "1500ms",
            "collect.dump_dir": f"{self.dir}/refused",
            "report.organization": '"Räksmörgås" & Co; #1 \\ = best',
            "report.max_size": "65537",
            "deliver.directory": f"{self.dir}/here/reports",
        }, {name: values[name] for name in (
            "daemon.data_dir", "daemon.roles", "daemon.clock_offset",
            "collect.socket_mode", "collect.allow_uids", "collect.journal_max",
            "collect.flush_interval", "collect.dump_dir",
            "report.organization", "report.max_size", "deliver.directory")})

    def test_conf_d_and_environment_go_over_the_file(self):
        path = self.write(GOOD + "[collect]\nflush_rows = 101\ndump_max = 7\n"
                          "[web]\nanswer_age = 2s\n")
        (self.dir / "conf.d").mkdir()
        (self.dir / "conf.d" / "10.conf").write_text(
            "[collect]\nflush_rows = 110\ndump_max = 8\n")
        env = {**os.environ, "TLSRPTD_COLLECT_FLUSH_ROWS": "120"}
        done = subprocess.run([TLSRPTD, "-c", path, "--dump-config"], env=env,
                              timeout=PATIENCE_S, capture_output=True)
        self.assertEqual(done.stderr, b"")
        for line in b"flush_rows = 120", b"dump_max = 8", b"answer_age = 2s":
            self.assertIn(b"\n" + line + b"\n", done.stdout)

    def test_nothing_goes_over_standard_input(self):
        env = {**os.environ, "TLSRPTD_DAEMON_DATA_DIR": "relative"}
        done = subprocess.run([TLSRPTD, "-c", "-", "--dump-config"], env=env,
                              input=GOOD.encode(), timeout=PATIENCE_S,
                              capture_output=True)
        self.assertEqual(done.stderr, b"")
        self.assertIn(b"\ndata_dir = /var/lib/tlsrptd\n", done.stdout)

    def test_dump_has_each_option_with_its_default(self):
        values = dumped(self.dump(self.write(GOOD)))
        table = defaults()
        self.assertEqual(list(table), list(values))
        table.update({"report.organization": "Example Sender",
                      "report.contact": "tls-reports@sender.example",
                      "deliver.directory": "/var/lib/tlsrptd/reports"})
        self.assertEqual({k: meaning(v) for k, v in table.items()},
                         {k: meaning(v) for k, v in values.items()})

    def test_dump_explains_each_option(self):
        out = " ".join(self.dump(self.write(GOOD)).replace("#", "").split())
        for sentence in re.findall(r'"\s*([A-Z](?:[^"]|"\s*")*\.)"\)',
                                   OPTIONS_DEF.read_text()):
            self.assertIn(" ".join(re.sub(r'"\s*"', "", sentence).split()), out)


def dumped(text):
    """section.key to value, in the order of the dump."""
    values, section = {}, ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _, value = line.partition(" = ")
            values[f"{section}.{key.removesuffix(' =')}"] = value
    return values


def defaults():
    """The same out of options.def."""
    return {f"{s}.{k}": d for s, k, d in re.findall(
        r'^(?:OPTION|CHOICE)\((\w+), (\w+),(?: \w+,)? "([^"]*)"',
        OPTIONS_DEF.read_text(), re.MULTILINE)}


def meaning(value):
    """A number with its unit as a number, anything else as it is."""
    units = {"ms": 1, "s": 1000, "m": 60000, "h": 3600000, "d": 86400000,
             "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
    number = re.fullmatch(r"(-?\d+)(ms|s|m|h|d|KiB|MiB|GiB)", value)
    return int(number[1]) * units[number[2]] if number else value


class CommandLine(SystemTest):
    """tlsrptd's own arguments."""

    def test_help_and_version(self):
        code, out, err = tlsrptd("--help")
        self.assertEqual((OK, ""), (code, err))
        for option in ("--config", "--check-config", "--dump-config", "--role",
                       "--help", "--version"):
            self.assertIn(option, out)
        code, out, err = tlsrptd("--version")
        self.assertEqual((OK, ""), (code, err))
        self.assertRegex(out, r"^tlsrptd \d+\.\d+\.\d+\n$")

    def test_wrong_usage(self):
        for arguments, part in ((("--nonsense",), "--nonsense"),
                                (("start",), '"start"'),
                                (("--config",), "--config")):
            with self.subTest(arguments):
                self.assert_fails(USAGE, tlsrptd(*arguments), part)

    def test_unknown_role(self):
        path = self.folder() / "tlsrptd.conf"
        path.write_text(GOOD)
        self.assert_fails(USAGE, tlsrptd("-c", path, "--role", "juggle"),
                          'there is no role "juggle"')

    def test_role_without_socket(self):
        service = self.service()
        (service.folder / "data").mkdir()
        code, _, err = tlsrptd("-c", service.config, "--role", "collect")
        self.assertEqual(UNAVAILABLE, code)
        self.assertIn("no socket was handed over", err)


class InTheWay(SystemTest):
    """Somebody else is where the service wants to be."""

    def assert_refused(self, service, why):
        """It ends by itself and says why; a folder it made may stay."""
        service.launch()
        self.assertEqual(UNAVAILABLE, service.process.wait(PATIENCE_S))
        self.assertEqual([], service.processes())
        [line] = [l for l in service.log_text().splitlines()
                  if "level=error" in l]
        self.assertIn('what="tlsrptd does not start"', line)
        self.assertIn(why, line)

    def assert_unharmed(self, service):
        """It runs with all its processes, and counts what is sent."""
        before = service.counters().get("sessions", 0)
        self.assertEqual(7, len(service.processes()))
        service.send(session("still.example"))
        service.wait_received(before + 1)

    def test_second_on_the_same_data(self):
        first = self.service().start()
        second = self.service(daemon__data_dir=first.folder / "data")
        self.assert_refused(second, f"{first.folder}/data/lock: another process"
                                    " holds it")
        self.assertFalse(second.socket.exists())
        self.assert_unharmed(first)

    def test_second_on_the_same_socket(self):
        first = self.service().start()
        second = self.service(collect__socket=first.socket)
        self.assert_refused(second, f"{first.socket}.lock: another process"
                                    " holds it")
        self.assertFalse((second.folder / "data" / "journal").exists())
        self.assert_unharmed(first)

    def test_somebody_else_listens(self):
        service = self.service()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.bind(str(service.socket))
            self.assert_refused(service, f"another process listens on "
                                         f"{service.socket}")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"x", str(service.socket))
            self.assertEqual(b"x", other.recv(10))

    def test_somebody_else_listens_for_streams(self):
        service = self.service()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
            other.bind(str(service.socket))
            other.listen()
            self.assert_refused(service, str(service.socket))
            self.assertTrue(stat.S_ISSOCK(service.socket.stat().st_mode))

    def test_stale_socket_is_replaced(self):
        service = self.service()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.bind(str(service.socket))
        service.start()
        self.assert_unharmed(service)
        self.assertEqual(0o660, stat.S_IMODE(service.socket.stat().st_mode))

    def test_file_is_not_replaced(self):
        for name, make in (("file", pathlib.Path.touch),
                           ("folder", pathlib.Path.mkdir),
                           ("link", lambda p: p.symlink_to("elsewhere"))):
            with self.subTest(name):
                service = self.service()
                make(service.socket)
                before = service.socket.lstat()
                self.assert_refused(service, f"{service.socket} is not a "
                                             "socket; remove it or set "
                                             "collect.socket")
                self.assertEqual(before.st_ino, service.socket.lstat().st_ino)

    def test_data_folder_is_a_file(self):
        service = self.service()
        (service.folder / "data").write_text("mine")
        self.assert_refused(service, f"{service.folder}/data: ")
        self.assertFalse(service.socket.exists())
        self.assertEqual("mine", (service.folder / "data").read_text())


class DumpDir(SystemTest):
    """The folder of refused datagrams."""

    def test_folder_that_goes_away_is_said_once(self):
        folder = self.folder() / "refused"
        folder.mkdir()
        service = self.service(collect__dump_dir=folder).start()
        service.send(b"first")
        wait_until(lambda: list(folder.iterdir()), "it is dumped")
        for file in folder.iterdir():
            self.assertEqual(b"first", file.read_bytes())
            file.unlink()
        folder.rmdir()
        service.send(b"second", b"third")
        wait_until(lambda: service.log_text().count("datagram refused") == 3,
                   "they are refused")
        [line] = [l for l in service.log_text().splitlines()
                  if "not dumped" in l]
        self.assertRegex(line, f'level=warning .*why="{folder}/refused-000001:'
                               ' No such file or directory"')
        folder.mkdir()


class FailingRole(SystemTest):
    """A role that cannot start."""

    def test_one_line_an_attempt(self):
        service = self.service()
        data = service.folder / "data"
        data.mkdir()
        (data / "journal").write_text("in the way")
        service.launch()

        def lines(text):
            return [l for l in service.log_text().splitlines()
                    if text in l and ('role="collect"' in l
                                      or "role=collect" in l)]
        wait_until(lambda: len(lines("collector does not start")) >= 5,
                   "five attempts")
        self.assertEqual(1, len(lines("role started")))
        self.assertEqual(1, len(lines("role failed")))
        self.assertIn(f"journal in {data}/journal (segments of 64 MiB)",
                      lines("collector does not start")[0])


class Reload(SystemTest):
    """SIGHUP."""

    def test_good_file_is_taken(self):
        service = self.service().start()
        service.options["report.organization"] = "Another Name"
        service.write_config()
        self.hang_up(service, 'what="configuration read: roles restart"')
        service.send(session("a.example"))
        service.wait_received(1)
        service.close_day()
        [report] = service.reports()
        self.assertEqual("Another Name", report.value["organization-name"])

    def test_bad_file_is_not_taken(self):
        service = self.service().start()
        before = service.processes()
        good = service.config.read_text()
        service.config.write_text(good + "[daemon]\nnonsense = 1\n")
        self.hang_up(service, "configuration not taken, the old one stays")
        self.assertEqual(before, service.processes())
        service.send(session("a.example"))
        service.config.write_text(good)
        service.wait_received(1)

    def test_role_that_dies_restarts_although_the_file_is_bad(self):
        service = self.service().start()
        good = service.config.read_text()
        service.config.write_text(good + "[daemon]\nnonsense = 1\n")
        dead = service.role_pid("collect")
        os.kill(dead, signal.SIGKILL)
        wait_until(lambda: service.log_text().count('what="collecting"') == 2,
                   "the collector runs again", patience_s=10)
        service.config.write_text(good)

    def test_option_that_needs_a_restart_does_not_stop_the_service(self):
        service = self.service().start()
        service.config.rename(service.folder / "old.conf")
        service.options["daemon.data_dir"] = "elsewhere"
        service.write_config()
        service.signal(signal.SIGHUP)
        wait_until(lambda: "configuration" in service.log_text(),
                   "it was read")
        service.send(session("a.example"))
        wait_until(lambda: "a.example" in run_cli(
            "-c", service.folder / "old.conf", "tally", "list", "--day",
            "today")[1], "the session is counted", patience_s=10)

    def hang_up(self, service, says):
        """Send SIGHUP and wait for what the log says then."""
        service.signal(signal.SIGHUP)
        wait_until(lambda: says in service.log_text(), says)


if __name__ == "__main__":
    unittest.main()
