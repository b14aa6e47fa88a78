"""strangers.py -- what somebody sends in the name of a reporter: nobody vouches
for it."""

import collections
import dataclasses

from documents import document
from mails import FAIL, UNSIGNED, File, mail, packed
from reports import Report
from sessions import Detail, Element

FLOOD = 300  # reports on a day


def claim(world, event, day, sessions):
    """All sessions with the first domain of the event failed on that day."""
    reporter = next(r for r in world.reporters if r.domain == event.reporter)
    domain = next(d for d in world.domains if d.name == event.domains[0])
    published = domain.at(day)
    host = published.hosts[0]
    detail = Detail("starttls-not-supported", reporter.address(0, 1),
                    host.name, "", host.addresses[0], "")
    element = Element("sts", domain.name, published.lines(),
                      [h.name for h in published.hosts], 0, sessions,
                      collections.Counter({detail: sessions}))
    return Report(reporter, domain.name, day, day, day + 1, [element],
                  frozenset(reporter.quirks), collections.Counter(),
                  world.seed)


def note(event, report, sessions):
    event.seen.append((report.arrival, report.last, report.reporter.domain,
                       report.domain, sessions))


def forged(world, event, day):
    """A post with the report-id that can be guessed, before the true one comes,
    and mails that nobody signed, or signed and then changed."""
    report = claim(world, event, day, 400)
    data = document(report)
    note(event, report, 400)
    # Its own file names: they come first in their folder.
    return [File(f"0.{day}.json.gz", packed(data)),
            File(f"0.{day}.a.eml", mail(report, data, UNSIGNED)),
            File(f"0.{day}.b.eml", mail(report, data, FAIL))]


def flood(world, event, day):
    report = claim(world, event, day, 1)
    note(event, report, FLOOD)
    files = []
    for n in range(FLOOD):
        other = dataclasses.replace(report.reporter, name=f"No {n}",
                                    domain=f"no{n}.example")
        one = dataclasses.replace(report, reporter=other)
        files.append(File(f"0.{day}.flood{n}.json.gz", packed(document(one))))
    return files


KINDS = {"forged": forged, "flood": flood}


def files_of_day(world, arrival):
    """What strangers send on that day about the one before."""
    files = []
    for event in world.events_on(arrival - 1):
        if event.fault in KINDS:
            files += KINDS[event.fault](world, event, arrival - 1)
    return files
