"""truth.py -- what really happened, and from which day on what arrived sufficed
to find it.

A difference between paths needs a few sessions here and a few that went well
elsewhere; what cannot happen by itself needs one; silence is measured by the
reporter's own rhythm."""

import collections
import statistics

from events import ATTACK, NOISE
from faults import STS
from strangers import KINDS as STRANGERS

ENOUGH_HERE = 3  # sessions that the event hit, in signed reports
ENOUGH_ELSEWHERE = 10  # that went well on the same days, of others
OTHERS = 2  # so many; and so many tell of what all must see
MISSED = 3  # reports in a row, and more than ever before
CACHED_DAYS = 3  # of an old policy are nothing special
COLLAPSED_DAYS = 3
COLLAPSED = 0.25  # of the usual number of sessions
ONE_IS_ENOUGH = ("foreign-mx", "foreign-address", "stale-mx")


class Ledger:
    """What signed reports said, by domain and day of the sessions."""

    def __init__(self, by_day):
        self.reports = [r for day in by_day for r in day if r.is_trusted]
        self.of = collections.defaultdict(list)
        for report in self.reports:
            self.of[report.domain, report.last].append(report)


def elsewhere(ledger, event, entries, arrival):
    """Sessions that went well on those days, and of how many others."""
    good, others = 0, set()
    for domain, day in {(e[3], e[1]) for e in entries}:
        for report in ledger.of[domain, day]:
            if (report.arrival <= arrival
                    and report.reporter.domain != event.reporter
                    and report.succeeded() > report.failed()):
                good += report.succeeded()
                others.add(report.reporter.domain)
    return good, len(others)


def enough_seen(event, ledger, domain):
    """The first day on which it was; or None."""
    entries = sorted(e for e in event.seen if e[3] == domain)
    if event.fault in ONE_IS_ENOUGH or event.fault in STRANGERS:
        return entries[0][0] if entries else None
    for arrival in sorted({e[0] for e in entries}):
        so_far = [e for e in entries if e[0] <= arrival]
        if sum(e[4] for e in so_far) < ENOUGH_HERE:
            continue
        if not event.reporter and len({e[2] for e in so_far}) < OTHERS:
            continue
        if not event.reporter:
            return arrival
        good, others = elsewhere(ledger, event, so_far, arrival)
        if good >= ENOUGH_ELSEWHERE and others >= OTHERS:
            return arrival
    return None


def silent_since(event, ledger, domain):
    """Longer than three of its reports, and than it ever was before."""
    days = sorted({r.arrival for r in ledger.reports
                   if r.reporter.domain == event.reporter
                   and domain in ("", r.domain)})
    before = [d for d in days if d <= event.first]
    after = [d for d in days if d > event.last]
    if len(before) < 10:
        return None
    gaps = [b - a for a, b in zip(before, before[1:])]
    due = before[-1] + max(MISSED * round(statistics.mean(gaps)) + 1,
                           max(gaps) + 1)
    return due if not after or due < after[0] else None


def collapsed_since(event, ledger, domain):
    """So many days with a fraction of the usual, of which the reports are
    there."""
    def total(day):
        return sum(r.succeeded() + r.failed() for r in ledger.of[domain, day])

    low = 0
    for day in range(event.first, event.last + 1):
        usual = statistics.mean(total(d) for d in
                                range(event.first - 21, event.first))
        low = low + 1 if total(day) < COLLAPSED * usual else 0
        if low == COLLAPSED_DAYS:
            return day + 1
    return None


def policies_of(report):
    """The MTA-STS ones that it names."""
    return {tuple(e.strings) for e in report.elements
            if e.type == STS and e.strings}


def kept_since(event, ledger, domain):
    """When nobody's cache has the old policy any more two others tell of the
    same day that they went by another."""
    arrivals = []
    for day in range(event.first + CACHED_DAYS, event.last + 1):
        told = {r.reporter.domain: (policies_of(r), r.arrival)
                for r in ledger.of[domain, day] if policies_of(r)}
        own, arrival = told.pop(event.reporter, (set(), 0))
        others = sorted(at for new, at in told.values() if not own & new)
        if own and len(others) >= OTHERS:
            arrivals.append(max(arrival, others[OTHERS - 1]))
    return min(arrivals, default=None)


MEASURES = {"outage": silent_since, "hidden-record": silent_since,
            "less-mail": collapsed_since, "kept-policy": kept_since}


def entries_of(event, ledger):
    """The event once for each of its domains; a reporter's outage is one."""
    measure = MEASURES.get(event.fault, enough_seen)
    for domain in event.domains or ("",):
        arrivals = [e[0] for e in event.seen if e[3] == domain]
        yield domain, min(arrivals, default=event.first + 1), measure(
            event, ledger, domain)


def network_of(world, event):
    for reporter in world.reporters:
        if event.network >= 0 and reporter.domain == event.reporter:
            return reporter.network(event.network)
    return ""


def truth_of(world, by_day):
    """Rows, as they stand in truth.json."""
    ledger, rows = Ledger(by_day), []
    for event in world.events:
        for domain, first, sufficient in entries_of(event, ledger):
            if event.nature == NOISE:
                sufficient = None
            rows.append({
                "event": event.number, "nature": event.nature,
                "attack": event.nature == ATTACK, "fault": event.fault,
                "kinds": list(event.kinds), "also": list(event.also),
                "domain": domain, "reporter": event.reporter,
                "host": event.host, "stranger": event.stranger or event.address,
                "network": network_of(world, event),
                "conclusions": list(event.conclusions),
                "first-day": event.first, "last-day": event.last,
                "first-evidence": first, "sufficient": sufficient,
                "last-evidence": max([e[0] for e in event.seen],
                                     default=event.last + 1),
            })
    return rows
