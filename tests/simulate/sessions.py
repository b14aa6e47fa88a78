"""sessions.py -- the sessions of one reporter with one domain on one day, as
the elements of a report: for each policy its successes, failures, details."""

import collections
import dataclasses
import math

from days import chance, is_weekend
from faults import FAULTS, NONE, STS, TLSA
from reporters import FAILURE, NOTHING

WEEKEND = 0.35
# Of the sessions of any day something fails, for no lasting reason.
BLIPS = (("handshake", 0.002), ("stripped", 0.0003))

Detail = collections.namedtuple(
    "Detail", "result sending host helo receiving reason")


@dataclasses.dataclass
class Element:
    type: str
    domain: str
    strings: list
    hosts: list
    succeeded: int = 0
    failed: int = 0
    details: collections.Counter = dataclasses.field(
        default_factory=collections.Counter)


@dataclasses.dataclass
class Session:
    network: int
    sending: str
    host: object
    receiving: str


def how_many(world, reporter, domain, day):
    draw = chance(world.seed, "volume", reporter.domain, domain.name, day)
    mean = reporter.size * domain.busy * world.swing(domain, day)
    if is_weekend(day):
        mean *= WEEKEND
    return max(0, round(draw.gauss(mean, math.sqrt(mean) + 0.15 * mean)))


def policies(reporter, published, hidden):
    """Types that the reporter applies to a session."""
    found = []
    if reporter.dane and published.dane:
        found.append(TLSA)
    if (reporter.sts and published.mode != "none" and not hidden
            and (reporter.tests or published.mode == "enforce")):
        found.append(STS)
    if not found:
        return [NONE]
    return found if reporter.both else found[:1]


def element_for(elements, kind, domain, published, host, reporter, fetched):
    """That of the report which the session belongs to."""
    per_host = (kind == TLSA and "host-is-policy-domain" in reporter.quirks)
    name = host.name if per_host else domain.name
    strings, hosts = [], []
    if kind == TLSA:
        on = [host] if per_host else published.hosts
        strings = [h.tlsa() for h in on]
    elif kind == STS and fetched:
        strings = published.lines()
        hosts = [h.name for h in published.hosts]
    key = kind, name, tuple(strings)
    if key not in elements:
        elements[key] = Element(kind, name, strings, hosts)
    return elements[key]


def detail_of(reporter, session, failure, event):
    """What a reporter tells of a failure."""
    if failure.is_fetch:
        return Detail(failure.result, "", "", "", "", failure.reason)
    host, receiving = session.host.name, session.receiving
    if failure.is_abroad:
        host, receiving = event.stranger or host, event.address or receiving
    sending = session.sending
    if not reporter.addresses:
        sending = receiving = ""
    return Detail(failure.result, sending, host,
                  host if "helo-of-lines" in reporter.quirks else "",
                  receiving, failure.reason)


def cause(world, events, draw, domain, reporter, session):
    """The event that a session meets, or None; and the name of its fault."""
    for event in events:
        if (event.selects(domain.name, reporter.domain, session.network,
                          session.host.name)
                and draw.random() < event.share):
            return event, event.fault
    number = draw.random()
    for fault, share in BLIPS:
        if number < share:
            return None, fault
        number -= share
    return None, ""


def add(reporter, element, session, failure, event):
    """Count it; whether the report tells of what happened."""
    if not failure:
        element.succeeded += 1
        return False
    if failure.is_clear and reporter.clear == NOTHING:
        return False
    if not failure.is_clear or reporter.clear == FAILURE:
        element.failed += 1
    element.details[detail_of(reporter, session, failure, event)] += 1
    return event is None or not event.is_abroad or failure.is_abroad


def new_session(draw, reporter, published):
    network = draw.randrange(reporter.networks)
    # The first MX host is preferred.
    place = min(int(draw.expovariate(1.4)), len(published.hosts) - 1)
    host = published.hosts[place]
    return Session(network, reporter.address(network, draw.randrange(4)),
                   host, draw.choice(host.addresses))


def elements_of(world, reporter, domain, day):
    """Elements; and of how many sessions they tell what an event did."""
    draw = chance(world.seed, "sessions", reporter.domain, domain.name, day)
    events = [e for e in world.events_on(day)
              if e.fault in FAULTS or e.fault == "hidden-policy"]
    published = world.seen(reporter, domain, day)
    elements, felt = {}, collections.Counter()
    for _ in range(how_many(world, reporter, domain, day)):
        session = new_session(draw, reporter, published)
        event, fault = cause(world, events, draw, domain, reporter, session)
        hidden = fault == "hidden-policy"
        told = False
        for kind in policies(reporter, published, hidden):
            failure = fault in FAULTS and FAULTS[fault](kind)
            element = element_for(elements, kind, domain, published,
                                  session.host, reporter, fault != "fetch")
            told |= add(reporter, element, session, failure, event)
            told |= hidden and kind == NONE
        if event is not None and told:
            felt[event.number] += 1
    return list(elements.values()), felt
