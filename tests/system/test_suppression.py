"""test_suppression.py -- what the operator keeps from being sent is not, and
says so."""

import unittest

from harness import DAY_S, NOON, NO_INPUT, OK, USAGE
from sending import SendingTest

TOMORROW = NOON + DAY_S


class Suppression(SendingTest):
    """`tlsrpt suppression`, and what comes of it."""

    def suppress(self, service, *words):
        """`tlsrpt suppression add`, which says nothing."""
        self.assertEqual((OK, "", ""),
                         service.cli("suppression", "add", *words))

    # -- what it does --

    def test_nothing_is_sent_there(self):
        service = self.sending()
        self.suppress(service, "domain", "About.Example.", "--reason",
                      "they asked us to stop")
        self.suppress(service, "rua", "HTTPS" + self.receiver.url(
            "/to.example")[5:], "--for", "2d")
        self.send(service, "about.example", "to.example", "other.example")
        found = self.settled(service, {
            "about.example": "suppressed", "to.example": "suppressed",
            "other.example": "accepted"})
        self.assertEqual("domain about.example is suppressed: they asked us "
                         "to stop", found["about.example"]["reason"])
        self.assertRegex(
            found["to.example"]["reason"],
            r"^rua https://\S+/to.example is suppressed until "
            r"2026-03-04T12:\d\d:\d\dZ$")
        self.assertEqual(["/other.example"], self.posted())
        self.assertEqual(3, len(service.reports()))
        for domain in ("about.example", "to.example"):
            self.assertEqual(0, found[domain]["attempts"])
            self.assertIsNotNone(found[domain]["done-at"])

    def test_a_host_is_left_alone_even_in_shadow(self):
        service = self.sending(deliver__mode="shadow")
        self.suppress(service, "host", "127.0.0.1")
        self.send(service, "a.example")
        found = self.settled(service, {"a.example": "suppressed"})
        self.assertEqual("host 127.0.0.1 is suppressed",
                         found["a.example"]["reason"])

    def test_what_was_queued_before_is_not_sent_either(self):
        self.receiver.answers = {"/a.example": (503, {}, "")}
        service = self.sending()
        self.send(service, "a.example")
        self.settled(service, {"a.example": "retrying"})
        self.suppress(service, "domain", "a.example")
        self.receiver.answers = {}
        service.restart(TOMORROW + 23 * 3600)
        found = self.settled(service, {"a.example": "suppressed"})
        self.assertEqual(1, len(self.receiver.posts))
        tried = service.cli_json("delivery", "show",
                                 found["a.example"]["delivery"])["tried"]
        self.assertEqual([("https", 503), ("", 0)],
                         [(t["transport"], t["status"]) for t in tried])
        self.assertEqual("domain a.example is suppressed",
                         tried[1]["answer"])
        # And again, once it may be.
        self.assertEqual((OK, "", ""), service.cli(
            "suppression", "remove", "domain", "a.example"))
        self.assertEqual((OK, "", ""), service.cli(
            "delivery", "retry", found["a.example"]["delivery"]))
        self.settled(service, {"a.example": "accepted"})

    def test_it_ends_by_itself(self):
        service = self.sending()
        self.suppress(service, "domain", "a.example", "--for", "12h")
        self.send(service, "a.example")  # a day later
        self.settled(service, {"a.example": "accepted"})

    # -- the list --

    def test_the_list(self):
        service = self.service().start()
        code, out, _ = service.cli("suppression", "list")
        self.assertEqual((OK, "nothing is suppressed\n"), (code, out))
        self.assertEqual([], service.cli_json("suppression", "list"))
        self.suppress(service, "rua", "mailto:X@Example.COM", "--for", "90d",
                      "--reason", "no such \x1b[1mmailbox")
        self.suppress(service, "host", "Mail.Example")
        host, rua = service.cli_json("suppression", "list")
        self.assertEqual(("host", "mail.example", "", None),
                         tuple(host[k] for k in ("kind", "value", "reason",
                                                 "until")))
        self.assertEqual(("rua", "mailto:X@example.com"),
                         (rua["kind"], rua["value"]))
        self.assertRegex(rua["added-at"], "^2026-03-02T12:")
        self.assertRegex(rua["until"], "^2026-05-31T12:")  # date -d '+90 days'
        _, out, _ = service.cli("suppression", "list")
        self.assertIn("mailto:X@example.com", out)
        self.assertNotIn("\x1b", out)
        self.assertEqual((OK, "", ""), service.cli(
            "suppression", "remove", "rua", "mailto:X@EXAMPLE.com"))
        self.assertEqual(1, len(service.cli_json("suppression", "list")))
        self.assert_fails(NO_INPUT, service.cli(
            "suppression", "remove", "rua", "mailto:X@example.com"),
            "rua mailto:X@example.com is not suppressed")

    def test_what_could_never_match_is_refused(self):
        service = self.service().start()
        for words, part in (
                (("who", "a.example"), "none of: rua, host, domain"),
                (("rua", "tls@a.example"), "neither a mailto: nor"),
                (("host", "https://a.example/"), "neither a domain name"),
                (("domain", "a b"), "not a domain name"),
                (("domain", "a.example", "--for", "soon"), "duration"),
                (("domain", "a.example", "--for", "-1d"), "duration"),
                (("domain", "a.example", "--for", "0s"), "duration"),
                (("domain", "a.example", "--reason", "x" * 501), "500"),
        ):
            with self.subTest(words):
                self.assert_fails(USAGE, service.cli(
                    "suppression", "add", *words), part)
        self.assertEqual([], service.cli_json("suppression", "list"))


if __name__ == "__main__":
    unittest.main()
