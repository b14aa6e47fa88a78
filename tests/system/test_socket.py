"""test_socket.py -- the socket's file goes away or is another's, and what is said
of the socket at the start."""

import os
import shutil
import signal
import socket
import time
import unittest

from harness import LOOK_EVERY_S, SystemTest, session, wait_until

ANEW = "bound anew"
FAILED = "cannot be made anew"
OPEN_TO_ALL = "the socket is world-writable"


class Gone(SystemTest):
    """The socket that the service bound."""

    def setUp(self):
        self.subject = self.service(collect__socket="run/tlsrpt.sock")
        self.run_dir = self.subject.folder / "run"
        self.subject.socket = self.run_dir / "tlsrpt.sock"
        self.subject.start()
        self.subject.send(session("a.example"))
        self.subject.wait_received(1)

    def said(self, text, times=1):
        """Wait until the log says it so often."""
        wait_until(lambda: self.subject.log_text().count(text) == times,
                   f"{text} ({times})")

    def send_again(self):
        """Another session gets through."""
        def sent():
            try:
                self.subject.send(session("a.example"))
            except (FileNotFoundError, ConnectionRefusedError):
                return False
            return True
        wait_until(sent, "somebody listens")

    def test_removed(self):
        for n in (1, 2):
            self.subject.socket.unlink()
            self.said(ANEW, n)
            self.send_again()
            self.subject.wait_received(1 + n)
        self.assertEqual(0o660, self.subject.socket.stat().st_mode & 0o777)
        self.assertNotIn(FAILED, self.subject.log_text())

    def test_replaced_by_a_stale_one(self):
        self.subject.socket.unlink()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.bind(str(self.run_dir / "other"))
        os.rename(self.run_dir / "other", self.subject.socket)
        self.said(ANEW)
        self.send_again()
        self.subject.wait_received(2)

    def test_replaced_by_a_listener(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.bind(str(self.run_dir / "other"))
            os.rename(self.run_dir / "other", self.subject.socket)
            self.said("another process listens")
            time.sleep(1)
            self.said("another process listens")
        self.said(ANEW)
        self.send_again()
        self.subject.wait_received(2)

    def test_folder_removed(self):
        shutil.rmtree(self.run_dir)
        self.said(FAILED)
        time.sleep(1)
        self.said(FAILED)
        self.assertFalse(self.run_dir.exists())
        self.run_dir.mkdir()
        self.said(ANEW)
        self.send_again()
        self.subject.wait_received(2)
        # It is locked again, too.
        second = self.service(collect__socket=self.subject.socket)
        second.launch()
        second.process.wait(30)
        self.assertIn("another process holds it", second.log_text())
        second.process = None

    def test_what_waits_in_the_old_one_is_counted(self):
        collector = self.subject.role_pid("collect")
        os.kill(collector, signal.SIGSTOP)
        self.subject.send(*[session("a.example")] * 5)
        self.subject.socket.unlink()
        self.said(ANEW)
        self.subject.send(*[session("a.example")] * 5)
        os.kill(collector, signal.SIGCONT)
        self.subject.wait_received(11)


class HandedOver(SystemTest):
    """A socket by LISTEN_FDS."""

    def start(self, mode):
        """A service with a socket file of this mode."""
        own = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(own.close)
        service = self.service(socket_fd=own.fileno())
        own.bind(str(service.socket))
        service.socket.chmod(mode)
        return service.start()

    def test_world_writable_is_said_once(self):
        service = self.start(0o666)
        service.signal(signal.SIGHUP)
        wait_until(lambda: service.log_text().count('what="collecting"') == 2,
                   "the collector started again")
        self.assertEqual(1, service.log_text().count(OPEN_TO_ALL))

    def test_others_are_not(self):
        self.assertNotIn(OPEN_TO_ALL, self.start(0o660).log_text())

    def test_its_file_is_not_ours(self):
        service = self.start(0o660)
        service.socket.unlink()
        time.sleep(50 * LOOK_EVERY_S)
        self.assertNotIn("socket file", service.log_text())
        self.assertFalse(service.socket.exists())


class Bound(SystemTest):
    """A socket of our own at the start."""

    def test_world_writable_is_said(self):
        service = self.service(collect__socket_mode="0666").start()
        self.assertEqual(1, service.log_text().count(OPEN_TO_ALL))

    def test_warnings_come_once(self):
        service = self.service().start()
        service.signal(signal.SIGHUP)
        wait_until(lambda: service.log_text().count('what="collecting"') == 2,
                   "the collector started again")
        self.assertLessEqual(service.log_text().count("max_dgram_qlen"), 1)


if __name__ == "__main__":
    unittest.main()
