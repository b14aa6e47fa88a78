"""test_collector.py -- a collector that is lost holds up no day."""

import unittest

from harness import DAY, DAY_S, NOON, NO_INPUT, OK, USAGE, SystemTest, \
    session, wait_until

NOBODY = "01890000-0000-7000-8000-000000000000"


class Collectors(SystemTest):
    """`tlsrpt collector`."""

    def two(self):
        """Two collectors with one store; both have told something."""
        first = self.service(report__grace="1d").start()
        second = self.service(
            daemon__roles="collect", store__url=f"sqlite:{first.database}")
        second.start()
        for service in (first, second):
            service.send(session("a.example"))
        first.wait_received(2)
        return first, second

    @staticmethod
    def id_of(service):
        """Who the service's collector is."""
        return (service.data_dir / "collector-id").read_text().split()[0]

    def test_a_day_waits_until_the_lost_one_is_forgotten(self):
        first, second = self.two()
        lost = self.id_of(second)
        self.assertEqual(OK, second.stop())
        first.restart(NOON + DAY_S)
        wait_until(lambda: any(c["complete-until"] > f"{DAY}T23:59:59Z"
                               for c in first.cli_json("collector", "list")),
                   "the first has passed the day")
        self.assertEqual("open", first.day()["state"])
        self.assertEqual((OK, "", ""),
                         first.cli("collector", "forget", lost))
        wait_until(first.all_delivered, "the day is closed")
        self.assertEqual(
            {lost: True, self.id_of(first): False},
            {c["collector"]: c["forgotten"]
             for c in first.cli_json("collector", "list")})
        self.assertRegex(first.cli("collector", "list")[1],
                         rf"{lost} .* forgotten\n")

    def test_one_that_is_not_there(self):
        service = self.service().start()
        self.assert_fails(NO_INPUT,
                          service.cli("collector", "forget", NOBODY), NOBODY)
        self.assert_fails(USAGE, service.cli("collector", "forget", "mx1"),
                          '"mx1" is no collector')


if __name__ == "__main__":
    unittest.main()
