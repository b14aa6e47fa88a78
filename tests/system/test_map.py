"""test_map.py -- deliver.map has reports go elsewhere, or nowhere."""

import subprocess
import unittest

from harness import CONFIG, DAY_S, NOON, OK, TLSRPTD, session, wait_until
from sending import SendingTest


class Map(SendingTest):
    """Reports that somebody else would get."""

    def test_the_first_match_decides(self):
        elsewhere = self.receiver.url("/elsewhere")
        b = self.receiver.url("/b.example")
        service = self.sending(deliver__map=(
            f"A.example=none, HTTPS{b[5:]}={elsewhere}, b.example=none, "
            "c.example=none, host:192.0.2.1=none"))
        self.send(service, "a.example", "b.example", "d.example")
        found = self.settled(service, {
            "a.example": "suppressed", "b.example": "accepted",
            "d.example": "accepted"})
        self.assertEqual("deliver.map: a.example=none",
                         found["a.example"]["reason"])
        self.assertEqual(["/d.example", "/elsewhere"], self.posted())
        self.assertEqual((b, elsewhere, ""),
                         (found["b.example"]["rua"], found["b.example"][
                             "target"], found["d.example"]["target"]))
        for command in (("list",),
                        ("show", found["b.example"]["delivery"])):
            code, out, _ = service.cli("delivery", *command)
            self.assertEqual(OK, code)
            self.assertIn(f"sent instead to {elsewhere}", out)

    def test_everything_goes_to_one_place(self):
        test = self.receiver.url("/test")
        service = self.sending(deliver__map=f"*={test}")
        # One that could not be delivered to by itself as well.
        service.send(session("a.example"), session(
            "b.example", pr="v=TLSRPTv1; rua=https://u:p@b.example/x"))
        service.wait_received(2)
        service.close_day()
        self.settled(service, {"a.example": "accepted",
                               "b.example": "accepted"})
        self.assertEqual(["/test", "/test"], self.posted())

    def test_suppression_holds_for_where_it_goes(self):
        service = self.sending(
            deliver__map=f"*={self.receiver.url('/test')}")
        self.assertEqual((OK, "", ""), service.cli(
            "suppression", "add", "rua", self.receiver.url("/test")))
        self.send(service, "a.example")
        found = self.settled(service, {"a.example": "suppressed"})
        self.assertIn("/test is suppressed", found["a.example"]["reason"])

    def test_what_is_queued_goes_where_it_was_to_go_then(self):
        self.receiver.answers = {"/test": (503, {}, "")}
        service = self.sending(
            deliver__map=f"*={self.receiver.url('/test')}")
        self.send(service, "a.example")
        self.settled(service, {"a.example": "retrying"})
        self.receiver.answers = {}
        service.options["deliver.map"] = "*=none"
        service.restart(NOON + DAY_S + 23 * 3600)
        self.settled(service, {"a.example": "accepted"})
        self.assertEqual(["/test", "/test"], self.posted())

    def test_what_went_nowhere_and_is_tried_by_hand(self):
        service = self.sending(deliver__map="*=none")
        self.send(service, "a.example")
        found = self.settled(service, {"a.example": "suppressed"})
        for words in (("suppression", "add", "host", "127.0.0.1"),
                      ("delivery", "retry", found["a.example"]["delivery"])):
            self.assertEqual((OK, "", ""), service.cli(*words))
        # The host that it would go to is known.
        wait_until(lambda: self.deliveries(service)["a.example"][
            "reason"] == "host 127.0.0.1 is suppressed", "it is suppressed")
        self.assertEqual([], self.posted())

    def test_faults_are_found(self):
        service = self.service(deliver__map=(
            "*=nowhere, x y=none, host:a/b=none, *=mailto:x"))
        done = subprocess.run(
            [TLSRPTD, "-c", str(service.config), "--check-config"],
            capture_output=True, text=True, check=False)
        self.assertEqual(CONFIG, done.returncode, done.stderr)
        for part in ('"*=nowhere" is not written PATTERN=TARGET',
                     '"x" is not written PATTERN=TARGET',
                     '"host:a/b=none": not a domain name',
                     '"*=mailto:x": neither a mailto: nor'):
            self.assertIn(f"deliver.map: {part}", done.stderr)


if __name__ == "__main__":
    unittest.main()
