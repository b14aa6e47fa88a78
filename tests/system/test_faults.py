"""test_faults.py -- what the machine or a hostile sender does to the service:
sessions are counted all the same, or their loss is said."""

import os
import unittest

from harness import DAY, DAY_S, NOON, SystemTest, failure, session, wait_until

FIRST_SEGMENT = "00000000000000000001.journal"
CUT_AT = 4096
TEN_DAYS_S = 10 * DAY_S
HOUR_S = 3600
STEPS_S = (0, HOUR_S, 0, HOUR_S, 60)  # of a clock, in seconds from noon

# Each repaired to three times its size, and kept twice.
FAT_POLICIES = 64
FAT_BYTES = b"\xff" * 3150
FAT_DATAGRAMS = 500


def fat(n):
    """A datagram of nearly the largest size that adds as much as one can."""
    policies = ", ".join(
        '{"policy-type": 2, "policy-domain": "p%d", "policy-string": ["@"], '
        '"f": 0}' % i for i in range(FAT_POLICIES))
    text = '{"dpv": "1", "d": "u%06d.example", "pr": "", "policies": [%s]}' % (
        n, policies)
    return text.encode().replace(b"@", FAT_BYTES)


class Faults(SystemTest):
    """One service each."""

    def test_a_cut_segment_is_put_aside(self):
        service = self.service()
        service.start()
        service.send(*(session(f"a{i}.example") for i in range(5)))
        service.wait_received(5)
        os.truncate(service.folder / "data" / "journal" / FIRST_SEGMENT,
                    CUT_AT)
        sent = 0

        def put_aside():
            nonlocal sent
            service.send(session("b.example"))
            sent += 1
            return "the segment is put aside" in service.log_text()

        wait_until(put_aside, "the segment is put aside")
        wait_until(lambda: service.log_text().count('what="collecting"') == 2,
                   "the collector is back")
        service.send(*(session(f"c{i}.example") for i in range(5)))
        wait_until(lambda: {f"c{i}.example" for i in range(5)} <=
                   {t["domain"] for t in service.tallies()},
                   "what came behind is counted")
        self.assertIn("remove *.damaged", service.log_text())
        counted = {t["domain"] for t in service.tallies()}
        self.assertLessEqual({f"a{i}.example" for i in range(5)}, counted)

    def test_fat_datagrams_are_all_counted(self):
        service = self.service(collect__flush_interval="60s")
        service.start()
        service.send(*(fat(n) for n in range(FAT_DATAGRAMS)),
                     failure("honest.example"))
        service.stop()
        service.start()
        service.wait_received(FAT_DATAGRAMS + 1)
        self.assertNotIn("reading the journal again", service.log_text())
        # Not all of them: written as JSON they are 600 MB.
        for domain in ("honest.example", "u000000.example",
                       f"u{FAT_DATAGRAMS - 1:06d}.example"):
            self.assertEqual([domain], [t["domain"] for t in service.cli_json(
                "tally", "list", "--day", DAY, "--domain", domain)])
        counters = service.cli_json("status")["counters"]
        self.assertEqual(FAT_DATAGRAMS + 1, counters["sessions"], counters)

    def test_a_clock_that_was_ahead_is_left_behind(self):
        service = self.service(now=NOON + TEN_DAYS_S)
        service.start()
        service.send(session("ahead.example"))
        service.wait_received(1)
        service.restart(NOON)
        service.send(session("now.example"))
        wait_until(lambda: service.tallies(DAY), "it is counted")
        self.assertEqual(["now.example"],
                         [t["domain"] for t in service.tallies(DAY)])

    def test_what_a_wrong_clock_stamped_counts_as_of_now(self):
        service = self.service(now=NOON + TEN_DAYS_S)
        service.start()
        # The supervisor's socket has it, and the journal, but not the store.
        with service.locked_store():
            service.send(session("ahead.example"))
            wait_until(lambda: service.in_journal(b"ahead.example"),
                       "it is in the journal")
            service.kill()
        service.set_clock(NOON)
        service.start()
        service.wait_received(1)
        self.assertEqual(["ahead.example"],
                         [t["domain"] for t in service.tallies(DAY)])
        self.assertIn("they count as of now", service.log_text())

    def assert_one_report(self, service, sent):
        """It tells of all sessions of the day."""
        service.wait_received(sent)
        self.assertEqual({"received": sent, "sessions": sent},
                         service.counters())
        service.close_day()
        [report] = service.reports()
        [policy] = report.value["policies"]
        self.assertEqual(
            {"total-successful-session-count": sent,
             "total-failure-session-count": 0}, policy["summary"])

    def test_a_clock_that_is_stepped_within_a_day_costs_nothing(self):
        service = self.service().start()
        for step_s in STEPS_S:
            service.restart(NOON + step_s)
            service.send(*[session("a.example")] * 10)
        self.assert_one_report(service, 10 * len(STEPS_S))

    def test_nor_does_it_if_the_store_has_nothing_yet(self):
        service = self.service().start()
        with service.locked_store():
            for n, step_s in enumerate(STEPS_S):
                service.kill()
                service.set_clock(NOON + step_s)
                service.launch_to_receive()
                service.send(*[session("a.example")] * 10,
                             session("a.example", mark=f"step-{n}"))
                wait_until(lambda: service.in_journal(b"step-%d" % n),
                           "they are in the journal")
        self.assert_one_report(service, 11 * len(STEPS_S))


if __name__ == "__main__":
    unittest.main()
