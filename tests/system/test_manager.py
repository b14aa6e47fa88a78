"""test_manager.py -- the service under a service manager: it is handed its
sockets and tells how it is, as systemd has it (sd_listen_fds(3), sd_notify(3))."""

import gzip
import json
import os
import signal
import smtplib
import socket
import sys
import threading
import unittest
import urllib.error
import urllib.request

from harness import (OK, Service, SystemTest, TLSRPTD, put_away, session,
                     wait_until)
from test_inbox import EXAMPLE, OURS, mail

# FileDescriptorName= of each, in an order that is not ours, and what it is.
NAMES = ("web", "lmtp", "mta", "http")
# The descriptors, their names, and what is run with them.
HAND_OVER = """\
import os, sys
fds = [os.dup(int(fd)) for fd in sys.argv[1].split(",")]
for i, fd in enumerate(fds):
    os.dup2(fd, 40 + i)
for i in range(len(fds)):
    os.dup2(40 + i, 3 + i, inheritable=True)
os.environ.update(LISTEN_FDS=str(len(fds)), LISTEN_FDNAMES=sys.argv[2],
                  LISTEN_PID=str(os.getpid()), WATCHDOG_PID=str(os.getpid()))
os.execv(sys.argv[3], sys.argv[3:])
"""


class Managed(Service):
    """A service that is run as systemd runs one."""

    def __init__(self, sockets, **options):
        super().__init__(**options)
        self.sockets = sockets
        self.pass_fds = [s.fileno() for s in sockets.values()]
        self.heard = []
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(self.folder / "notify"))
        self.notify.setblocking(False)

    def command(self):
        if not self.sockets:
            return super().command()
        return [sys.executable, "-ISc", HAND_OVER,
                ",".join(map(str, self.pass_fds)), ":".join(self.sockets),
                TLSRPTD, "-c", str(self.config)]

    def launch(self):
        os.environ.update(NOTIFY_SOCKET=str(self.folder / "notify"),
                          WATCHDOG_USEC="1000000")
        try:
            super().launch()
        finally:
            del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]

    def close(self):
        self.notify.close()
        super().close()

    def told(self):
        """All that was told so far."""
        while True:
            try:
                self.heard.append(self.notify.recv(4096).decode())
            except BlockingIOError:
                return self.heard

    def wait_told(self, text, after=0):
        """Until something that begins so is told behind what had been: where
        it stands."""
        def found():
            return [i for i, said in enumerate(self.told())
                    if i >= after and said.startswith(text)]
        return wait_until(found, f"told: {text}")[0]


class Manager(SystemTest):
    """Tests that are the service manager."""

    def managed(self, *names, **options):
        """A service that is handed sockets of these names."""
        made = {name: self.bound(name) for name in names}
        for option, name in (("intake.http_listen", "http"),
                             ("web.listen", "web")):
            if name in made:
                # Another one than was handed over: nobody listens there.
                options[option.replace(".", "__")] = "127.0.0.1:1"
        service = Managed(made, **options)
        self.addCleanup(put_away, service)
        if "lmtp" in made:
            service.options["intake.lmtp_listen"] = str(service.folder / "no")
            service.write_config()
        if "mta" in made:
            made["mta"].bind(str(service.socket))
        return service

    def bound(self, name):
        """A socket that lasts as long as the test; the MTAs' has no name."""
        if name == "mta":
            made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        else:
            made = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(made.close)
        return made

    def port(self, service, name):
        return service.sockets[name].getsockname()[1]


class Told(Manager):
    """What the service tells."""

    def test_ready_then_alive_then_stopping(self):
        service = self.managed("mta").start()
        ready = service.wait_told("READY=1")
        status = service.wait_told("STATUS=running: collect, report, deliver")
        self.assertNotIn("STOPPING=1", service.told())
        first = service.wait_told("WATCHDOG=1", max(ready, status))
        service.wait_told("WATCHDOG=1", first + 1)
        self.assertEqual(1, service.told().count("READY=1"))
        self.assertEqual(OK, service.stop())
        stopping = service.wait_told("STOPPING=1")
        self.assertGreater(stopping, ready)
        self.assertNotIn("READY=1", service.told()[stopping:])

    def reload(self, service):
        before = len(service.told())
        service.signal(signal.SIGHUP)
        began = service.wait_told("RELOADING=1\nMONOTONIC_USEC=", before)
        service.wait_told("READY=1", began)

    def test_reload(self):
        service = self.managed("mta").start()
        service.wait_told("READY=1")
        self.reload(service)
        service.wait_logged("configuration read")
        at = [said for said in service.told() if said.startswith("RELOADING")]
        uptime_us = int(at[0].rpartition("=")[2])
        with open("/proc/uptime", encoding="ascii") as file:
            # Less whole seconds than that: the clock of the machine's start.
            now_us = float(file.read().split()[0]) * 1e6
        self.assertTrue(now_us - 60e6 < uptime_us <= now_us + 1e6, at)

    def test_reload_that_is_refused_ends_as_well(self):
        service = self.managed("mta").start()
        service.wait_told("READY=1")
        service.options["collect.flush_rows"] = "many"
        service.write_config()
        self.reload(service)
        service.wait_logged("configuration not taken")

    def test_ready_though_the_store_is_away(self):
        service = self.managed(
            "mta", store__url="postgresql://127.0.0.1:1/none?user=x")
        service.launch_to_receive()
        service.wait_told("STATUS=waiting for the store; running: collect")
        service.wait_told("READY=1")

    def test_a_role_that_fails_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            service = self.managed(
                "mta",
                web__listen=f"127.0.0.1:{taken.getsockname()[1]}")
            service.launch_to_receive()
            service.wait_told("READY=1")
            wait_until(lambda: [said for said in service.told()
                                if said.endswith("; not running: web")],
                       "it is told")
        service.wait_told("STATUS=running: collect, report, deliver, intake, "
                          "web, watch")

    def test_roles_and_their_programs_do_not_tell(self):
        service = self.managed("mta").start()
        for pid in set(service.processes()) - {service.process.pid}:
            with open(f"/proc/{pid}/environ", "rb") as file:
                names = {line.split(b"=")[0] for line in
                         file.read().split(b"\0")}
            self.assertFalse(names & {b"NOTIFY_SOCKET", b"WATCHDOG_USEC",
                                      b"WATCHDOG_PID"}, pid)


class HandedOver(Manager):
    """All four sockets are the manager's."""

    def ask(self, service, name, path, body=None):
        """An HTTP request at a socket: status."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port(service, name)}{path}", body,
            {"Content-Type": "application/tlsrpt+gzip"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code

    def give(self, service, report_id):
        """A mail by LMTP."""
        report = {**EXAMPLE, "report-id": report_id}
        with smtplib.LMTP("127.0.0.1", self.port(service, "lmtp")) as lmtp:
            lmtp.sendmail("", [f"tls@{OURS}"],
                          mail(json.dumps(report).encode()))

    def post(self, service, report_id):
        """The same by HTTP."""
        report = {**EXAMPLE, "report-id": report_id}
        self.assertEqual(201, self.ask(
            service, "http", "/tlsrpt",
            gzip.compress(json.dumps(report).encode())))

    def all_at_once(self, service, tag):
        """Something at each socket, in threads: they wait for answers."""
        return [threading.Thread(target=target, args=arguments)
                for target, arguments in (
                    (self.post, (service, f"post-{tag}")),
                    (self.give, (service, f"mail-{tag}")),
                    (self.ask, (service, "web", "/")))]

    def ids(self, service):
        return {row["report-id"] for row in service.cli_json("inbox", "list")}

    def test_each_by_its_name(self):
        service = self.managed(*NAMES).start()
        service.send(session("a.example"))
        self.post(service, "post")
        self.give(service, "mail")
        self.assertEqual(200, self.ask(service, "web", "/"))
        service.wait_received(1)
        wait_until(lambda: self.ids(service) == {"post", "mail"},
                   "both are in the inbox")
        self.assertFalse((service.folder / "no").exists())

    def test_nothing_is_lost_over_restarts(self):
        service = self.managed(*NAMES).start()
        for turn in range(3):
            self.assertEqual(OK, service.stop())
            # As many as a queue always has room for.
            service.send(*[session("a.example")] * 10)
            clients = self.all_at_once(service, turn)
            for client in clients:
                client.start()
            service.start()
            for client in clients:
                client.join(60)
                self.assertFalse(client.is_alive())
            service.wait_received(10 * (turn + 1))
        wanted = {f"{way}-{turn}" for way in ("post", "mail")
                  for turn in range(3)}
        wait_until(lambda: self.ids(service) == wanted, "all are in the inbox")
        self.assertEqual({"received": 30, "sessions": 30}, {
            name: n for name, n in service.counters().items()
            if name in ("received", "sessions")})

    def test_killed_with_full_hands(self):
        service = self.managed("mta").start()
        os.kill(service.role_pid("collect"), signal.SIGSTOP)
        service.send(*[session("a.example")] * 10)
        service.kill()
        service.start()
        service.wait_received(10)
        self.assertEqual(10, service.counters()["received"])

    def test_role_that_does_not_end_is_killed(self):
        service = self.managed("mta").start()
        os.kill(service.role_pid("watch"), signal.SIGSTOP)
        self.assertEqual(OK, service.stop())
        self.assertEqual(1, len(service.log_lines(
            'what="role does not end, it is killed"', 'role="watch"')))


if __name__ == "__main__":
    unittest.main()
