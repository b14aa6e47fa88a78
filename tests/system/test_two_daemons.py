"""test_two_daemons.py -- a second tlsrptd on what another has says so and ends,
and the first goes on counting."""

import socket
import unittest

from harness import UNAVAILABLE, SystemTest, session

DOES_NOT_START = "tlsrptd does not start"


class TwoDaemons(SystemTest):
    """The first one collects."""

    def setUp(self):
        self.first = self.service().start()
        self.first.send(session("a.example"))
        self.first.wait_received(1)

    def assert_refused(self, second, *parts):
        """It says why in one line, ends, and has done the first no harm."""
        second.launch()
        self.assertEqual(UNAVAILABLE, second.process.wait(30))
        [line] = [l for l in second.log_text().splitlines()
                  if "level=error" in l or "level=warning" in l]
        for part in (DOES_NOT_START, *parts):
            self.assertIn(part, line)
        second.process = None
        self.first.send(session("a.example"))
        self.first.wait_received(2)
        self.assertEqual({"received": 2, "sessions": 2},
                         self.first.counters())

    def test_on_one_socket(self):
        self.assert_refused(
            self.service(collect__socket=str(self.first.socket)),
            "another process holds it", str(self.first.socket))

    def test_on_one_data_folder(self):
        self.assert_refused(
            self.service(daemon__data_dir=str(self.first.data_dir)),
            "another process holds it", str(self.first.data_dir))

    def test_on_both(self):
        self.assert_refused(
            self.service(daemon__data_dir=str(self.first.data_dir),
                         collect__socket=str(self.first.socket)),
            "another process holds it")

    def test_on_the_socket_of_another_program(self):
        path = self.folder() / "other.sock"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.bind(str(path))
            self.assert_refused(self.service(collect__socket=str(path)),
                                str(path), "another process listens")
            other.setblocking(False)
            self.assertRaises(BlockingIOError, other.recv, 1)


if __name__ == "__main__":
    unittest.main()
