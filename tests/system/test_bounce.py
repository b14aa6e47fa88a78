"""test_bounce.py -- `tlsrpt delivery bounce`: what mails that come back do to
deliveries, and that a mail server never gets a reason to bounce them."""

import contextlib
import sqlite3
import unittest

from harness import DAY_S, NOON, OK, TEMPFAIL, TESTS, SystemTest

DSN = TESTS / "corpus" / "dsn"
BOUNCE = "tls-bounces@sender.example"
# The delivery that the mails of the corpus are about, each its attempt 1.
CORPUS_ID = "0195f2b0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"
IDS = [f"0195f2b0-1c2d-7e3f-8a4b-{n:012x}" for n in range(6)]
URI = "mailto:tls@a.example"
HANDED_OVER, GIVEN_UP = 3, 5
UNKNOWN = ("5.1.1 <tls@a.example>: Recipient address rejected: User unknown in "
           "virtual mailbox table")


def mail(name, delivery=IDS[0]):
    """A mail of the corpus about this delivery."""
    return (DSN / name).read_bytes().replace(CORPUS_ID.encode(),
                                             delivery.encode())


def sender(delivery=IDS[0], attempt=1):
    """The envelope sender of an attempt, where its bounces go."""
    return f"tls-bounces+{delivery}-{attempt}@sender.example"


class Bounce(SystemTest):
    """The command on a store of its own; no service runs."""

    def setUp(self):
        self.subject = self.service(deliver__bounce_address=BOUNCE)
        self.subject.data_dir.mkdir()
        self.assertEqual(OK, self.subject.cli("db", "migrate")[0])
        for number, delivery in enumerate(IDS):
            self.sql("INSERT INTO delivery (delivery_id, report_id, uri, host,"
                     " state, queued_at, due_at, attempts, first_at, done_at)"
                     " VALUES (?, ?, ?, 'a.example', ?, 1, 1, 1, 1, 2)",
                     delivery, f"r{number}", URI, HANDED_OVER)
            self.sql("INSERT INTO delivery_attempt (delivery_id, attempt,"
                     " started_at, ended_at, status, answer)"
                     " VALUES (?, 1, 1, 2, 250, '250 queued')", delivery)

    def sql(self, statement, *values):
        """Rows of a statement, run behind everybody's back."""
        with contextlib.closing(
                sqlite3.connect(self.subject.database)) as connection:
            with connection:
                return connection.execute(statement, values).fetchall()

    def content(self):
        """Everything that is in the store."""
        with contextlib.closing(
                sqlite3.connect(self.subject.database)) as connection:
            return list(connection.iterdump())

    def bounce(self, message, *options):
        """Give it a mail."""
        return self.subject.cli("delivery", "bounce", *options, stdin=message)

    def assert_taken(self, message, *options):
        """It was a bounce and counted; what was printed."""
        code, out, err = self.bounce(message, *options)
        self.assertEqual((OK, ""), (code, err))
        self.assertEqual(1, out.count("\n"))
        return out

    def assert_ignored(self, part, message, *options):
        """A success that changes nothing and says why, in one line."""
        before = self.content()
        code, out, err = self.bounce(message, *options)
        self.assertEqual((OK, ""), (code, out))
        self.assertRegex(err, r"\Atlsrpt delivery bounce: [^\n]+\n\Z")
        self.assertIn(part, err)
        self.assertEqual(before, self.content())

    def assert_deferred(self, *options):
        """The mail server shall keep the mail."""
        code, out, err = self.bounce(mail("postfix-failed.eml"), *options)
        self.assertEqual((TEMPFAIL, ""), (code, out))
        self.assertTrue(err.startswith("tlsrpt delivery bounce: "), err)

    def states(self):
        """The state of each delivery."""
        return [row[0] for row in self.sql(
            "SELECT state FROM delivery ORDER BY delivery_id")]

    def suppressions(self):
        """All rows."""
        return self.sql("SELECT kind, value, reason, added_at, until"
                        " FROM suppression")

    # -- bounces --

    def test_mail_that_came_back_is_given_up(self):
        out = self.assert_taken(mail("postfix-failed.eml"))
        self.assertEqual(
            f"delivery {IDS[0]}, attempt 1 came back: {UNKNOWN}\n", out)
        shown = self.subject.cli_json("delivery", "show", IDS[0])
        self.assertEqual("given-up", shown["state"])
        self.assertEqual(f"bounced: {UNKNOWN}", shown["reason"])
        self.assertEqual(
            f"bounced: {UNKNOWN}; was taken with: 250 queued",
            shown["tried"][0]["answer"])
        self.assertEqual([], self.suppressions())

    def test_third_suppresses_the_mailbox(self):
        for name, delivery in zip(
                ("postfix-failed.eml", "exim-text.eml", "microsoft365.eml"),
                IDS):
            self.assertEqual([], self.suppressions())
            out = self.assert_taken(mail(name, delivery))
        self.assertEqual(3 * [GIVEN_UP] + 3 * [HANDED_OVER], self.states())
        self.assertRegex(out, r"; nothing is sent there until 2026-04-01T")
        (kind, value, reason, added, until), = self.suppressions()
        self.assertEqual(("rua", URI), (kind, value))
        self.assertTrue(reason.startswith(
            "3 mails came back for good; last: 5.1.10 "), reason)
        self.assertTrue(NOON <= added < NOON + 3600)
        self.assertEqual(30 * DAY_S, until - added)

    def test_limits_of_the_configuration(self):
        self.subject.options["deliver.bounce_after"] = "1"
        self.subject.options["deliver.bounce_suppress"] = "2h"
        self.subject.write_config()
        self.assert_taken(mail("gmail.eml"))
        (_, _, reason, added, until), = self.suppressions()
        self.assertTrue(reason.startswith("1 mail came back for good; "))
        self.assertEqual(7200, until - added)

    def test_duplicates_do_not_count(self):
        self.assert_taken(mail("qmail.eml"))
        for name in ("qmail.eml", "sendmail.eml", "postfix-expired.eml"):
            self.assert_ignored("is known to have come back", mail(name))
        self.assert_taken(mail("sendmail.eml", IDS[1]))
        self.assertEqual([], self.suppressions())
        self.assert_taken(mail("sendmail.eml", IDS[2]))
        self.assertEqual(1, len(self.suppressions()))

    def test_mails_that_only_took_too_long(self):
        for delivery in IDS:
            self.assert_taken(mail("postfix-expired.eml", delivery))
        self.assertEqual(6 * [GIVEN_UP], self.states())
        self.assertEqual([], self.suppressions())

    def test_mail_that_is_still_tried(self):
        for _ in range(4):
            self.assert_ignored("delayed: 4.4.1 ", mail("postfix-delayed.eml"))
        self.assert_ignored("delivered: 2.0.0", mail("postfix-relayed.eml"))

    # -- whose mail it is --

    def test_recipient_from_the_mail_server(self):
        unnamed = mail("qmail.eml").replace(b"To: ", b"X-Not-To: ")
        self.assert_ignored("not for an address", unnamed)
        self.assert_taken(unnamed, "--to", sender())
        self.assert_taken(mail("qmail.eml", IDS[0]), "--to",
                          sender(IDS[1]).upper())
        self.assertEqual(2 * [GIVEN_UP] + 4 * [HANDED_OVER], self.states())

    def test_recipient_in_the_header(self):
        unnamed = mail("qmail.eml").replace(b"\nTo: ", b"\nX-Not-To: ")
        for delivery, line in zip(IDS, (
                "Delivered-To: {}", "X-Original-To: {}",
                "To: Reports <{}>", "to: a@b.example,\n\t<{}>",
                "To: x@y.example\nTo: {}", "Delivered-To:{}\nTo: z@y.example")):
            with self.subTest(line):
                self.assert_taken(
                    line.format(sender(delivery)).encode() + b"\n" + unnamed)
        self.assertEqual(6 * [GIVEN_UP], self.states())

    def test_mail_for_others(self):
        failed = mail("postfix-failed.eml")
        for to in ("", BOUNCE, "root", f"x+{IDS[0]}-1@sender.example",
                   f"tls-bounces+{IDS[0]}-1@other.example",
                   f"tls-bounces+{IDS[0]}@sender.example"):
            self.assert_ignored("not for an address", failed, "--to", to)
        self.subject.options["deliver.bounce_address"] = ""
        self.subject.write_config()
        self.assert_ignored("not for an address", failed)

    def test_delivery_that_is_not_there(self):
        self.assert_ignored("no attempt 2 of delivery",
                            mail("postfix-failed.eml"), "--to", sender(IDS[0], 2))
        self.assert_ignored("no attempt 1 of delivery",
                            mail("postfix-failed.eml", CORPUS_ID))

    # -- what is no bounce --

    def test_garbage(self):
        header = f"To: {sender()}\n".encode()
        for message in (b"", b"\n", b"\0" * 1000, bytes(range(256)) * 100,
                        header, header + b"\n\xff\xfe", header * 2000,
                        header + b"Content-Type: message/delivery-status\n\n"
                        b"Action\nAction: \nStatus: 5.1.1\n",
                        header + b"Content-Type: multipart/mixed; boundary=a"
                        b"\n\n" + b"--a\n\n" * 5000):
            with self.subTest(message[:60]):
                self.assert_ignored("", message)
                self.assert_ignored("", message, "--to", sender())

    def test_answers_of_people_and_machines(self):
        for name in ("vacation.eml", "read-receipt.eml", "exim-warning.eml"):
            self.assert_ignored("no delivery status notification", mail(name))

    def test_long_mail(self):
        failed = mail("exim-text.eml")
        self.assert_taken(failed + b"x" * 70 + b"\n" * 3_000_000)
        # Past the ceiling nothing is looked at.
        late = mail("postfix-failed.eml", IDS[1]).replace(
            b"This is the mail system", b"x\r\n" * 400_000)
        self.assert_ignored("no delivery status notification", late)

    def test_what_it_says_is_harmless(self):
        hostile = mail("sendmail.eml").replace(
            b"SMTP; 550 5.1.1", b"SMTP; 550 5.1.1 \x1b]0;x\x07\xff \xe2\x80\xae")
        out = self.assert_taken(hostile)
        self.assertRegex(out, r"\A[\x20-\x7e\ufffd]+\n\Z")
        reason, = self.sql("SELECT reason FROM delivery WHERE delivery_id = ?",
                           IDS[0])[0]
        self.assertNotRegex(reason, "[\x00-\x1f\x7f]")

    # -- what goes wrong --

    def test_store_that_is_away(self):
        self.subject.options["store.url"] = "postgresql://127.0.0.1:1/tlsrpt"
        self.subject.write_config()
        self.assert_deferred()
        # It is not asked about what it has no say in.
        self.assertEqual(OK, self.bounce(mail("vacation.eml"))[0])
        self.assertEqual(OK, self.bounce(b"")[0])

    def test_store_that_is_not_there(self):
        self.subject.database.unlink()
        self.assert_deferred()

    def test_store_of_another_schema(self):
        self.sql("INSERT INTO schema_migrations SELECT 99, name, checksum,"
                 " applied_at FROM schema_migrations WHERE version = 1")
        self.assert_deferred()

    def test_store_that_is_locked(self):
        with self.subject.locked_store():
            self.assert_deferred()
        self.assert_taken(mail("postfix-failed.eml"))

    def test_attempt_that_is_going_on(self):
        self.sql("UPDATE delivery SET worker = 'w', due_at = ?"
                 " WHERE delivery_id = ?", NOON + DAY_S, IDS[0])
        self.sql("UPDATE delivery_attempt SET ended_at = NULL")
        self.assert_deferred()

    def test_configuration_with_a_fault(self):
        self.subject.options["deliver.bounce_address"] = "nobody"
        self.subject.write_config()
        self.assert_deferred()
        self.subject.config.unlink()
        self.assert_deferred()

    def test_bounce_address_is_checked(self):
        for address, part in (
                ("a b@sender.example", "not a mail address"),
                ("x" * 22 + "@sender.example", "21 bytes")):
            self.subject.options["deliver.bounce_address"] = address
            self.subject.write_config()
            self.assertIn(part, self.subject.cli("status")[2])


if __name__ == "__main__":
    unittest.main()
