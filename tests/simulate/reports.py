"""reports.py -- which reports a world's reporters send, and on which day each
arrives."""

import collections
import dataclasses

from days import chance
from reporters import DAILY, FAILURES, SIGNED, TWO_WAYS, WEEKLY
from sessions import Element, element_for, elements_of, policies

WEEK = 7
LATEST_DAYS = 24
SOMETIMES = 1 / 8  # of a reporter's days


@dataclasses.dataclass
class Report:
    reporter: object
    domain: str
    first: int  # days that it is about
    last: int
    arrival: int
    elements: list
    quirks: frozenset
    felt: collections.Counter  # event's number -> sessions
    seed: int

    @property
    def is_trusted(self):
        return self.reporter.way in (SIGNED, TWO_WAYS)

    def succeeded(self):
        """Sessions: those of two elements that a reporter makes of one are
        one."""
        return self.sessions("succeeded")

    def failed(self):
        return self.sessions("failed")

    def sessions(self, name):
        by_type = collections.Counter()
        for e in self.elements:
            by_type[e.type] += getattr(e, name)
        counts = by_type.values()
        if not counts:
            return 0
        return max(counts) if self.reporter.both else sum(counts)

    def draw(self, purpose):
        return chance(self.seed, purpose, self.reporter.domain, self.domain,
                      self.first)


def empty_elements(world, reporter, domain, day):
    """What a reporter says on a day without mail that reports daily."""
    published = world.seen(reporter, domain, day)
    elements = {}
    for kind in policies(reporter, published, False):
        element_for(elements, kind, domain, published, published.hosts[0],
                    reporter, True)
    return list(elements.values())


def merge(all_elements):
    """Of several days."""
    merged = {}
    for e in all_elements:
        key = e.type, e.domain, tuple(e.strings)
        if key not in merged:
            merged[key] = Element(e.type, e.domain, e.strings, e.hosts)
        merged[key].succeeded += e.succeeded
        merged[key].failed += e.failed
        merged[key].details.update(e.details)
    return list(merged.values())


def arrival(world, reporter, domain, last):
    draw = chance(world.seed, "late", reporter.domain, domain.name, last)
    late = draw.random() < reporter.late
    day = last + 1 + (draw.randrange(2, LATEST_DAYS) if late else 0)
    stuck = world.of_fault("stuck", last, domain.name, reporter.domain)
    return max([day] + [event.last + 1 for event in stuck])


def is_kept_back(world, reporter, domain, day):
    return (world.of_fault("outage", day, domain.name, reporter.domain)
            or world.of_fault("hidden-record", day, domain.name,
                              reporter.domain))


def quirks_of(world, reporter, day):
    """A reporter's, on that day."""
    quirks = set(reporter.quirks)
    for quirk in reporter.sometimes:
        if chance(world.seed, quirk, reporter.domain,
                  day).random() < SOMETIMES:
            quirks.add(quirk)
    return frozenset(quirks)


def report_of(world, reporter, domain, first, last):
    """What it sends of those days, or None."""
    elements, felt = [], collections.Counter()
    for day in range(first, last + 1):
        more, counts = elements_of(world, reporter, domain, day)
        elements += more
        felt += counts
    if first != last:
        elements = merge(elements)
    if not elements and reporter.rhythm == DAILY:
        elements = empty_elements(world, reporter, domain, last)
    if not elements or is_kept_back(world, reporter, domain, last):
        return None
    if reporter.rhythm == FAILURES and not any(e.details for e in elements):
        return None
    return Report(reporter, domain.name, first, last,
                  arrival(world, reporter, domain, last), elements,
                  quirks_of(world, reporter, last), felt, world.seed)


def spans(world, reporter):
    """The days that each of its reports is about."""
    if reporter.rhythm != WEEKLY:
        return [(day, day) for day in range(world.days)]
    return [(day, day + WEEK - 1)
            for day in range(0, world.days - WEEK + 1, WEEK)]


def note(world, report):
    """What is to be seen of each event."""
    for number, sessions in report.felt.items():
        if report.is_trusted:
            world.events[number].seen.append(
                (report.arrival, report.last, report.reporter.domain,
                 report.domain, sessions))


def reports_of(world):
    """By day of arrival; what comes when all is over is left out."""
    by_day = [[] for _ in range(world.days)]
    for reporter in world.reporters:
        for domain in world.domains:
            for first, last in spans(world, reporter):
                report = report_of(world, reporter, domain, first, last)
                if report is not None and report.arrival < world.days:
                    note(world, report)
                    by_day[report.arrival].append(report)
    return by_day
