"""life.py -- what happens without anybody's bad will: renewals, moves, edits,
mistakes, outages, and all that looks like more than it is."""

import dataclasses
import itertools

from calendar_room import QUIET_DAYS, Room, drawn, with_policy
from estate import Host
from events import (CONFIGURATION, MISTAKE, NOISE, REPORTER, UNKNOWN, Event)
from reporters import DAILY, MAIL, SIGNED

FAILING = ("enforce-failures", "dane-sts-disagree")
STALE = ("policy-stale-or-forged",)
KEPT_SHARE = 1 / 3  # of changes


def lag(world, domain, day):
    """Some reporters go by what was published before for a while."""
    world.add(Event(NOISE, (), STALE, "nothing", (domain.name,), day,
                    min(day + 3, world.days - 1), (REPORTER, UNKNOWN)))


def change(world, domain, day, **changes):
    domain.change(day, **changes)
    lag(world, domain, day)


def enforce(world):
    """As those had planned who began with testing."""
    for domain in world.domains:
        for day, _ in domain.history[1:]:
            lag(world, domain, day)


def renew(world):
    """New keys, each with its TLSA record in time."""
    for domain in world.domains:
        draw = drawn(world, "renew", domain.name)
        day = draw.randrange(5, world.days)
        change(world, domain, day, hosts=tuple(
            dataclasses.replace(h, key=1) for h in domain.at(day).hosts))


def edit_policies(world):
    for domain in with_policy(world, "sts"):
        draw = drawn(world, "edit", domain.name)
        for _ in range(draw.randrange(3)):
            change(world, domain, draw.randrange(5, world.days),
                   max_age=draw.choice((86400, 604800, 2592000)))


def keep_policies(world):
    """Of some changes one reporter takes no notice for long."""
    reporters = [r for r in world.reporters
                 if r.sts and r.way == SIGNED and r.rhythm in (DAILY, MAIL)]
    for domain in with_policy(world, "sts"):
        draw = drawn(world, "keep", domain.name)
        for (_, old), (day, new) in itertools.pairwise(domain.history):
            last = day + draw.randrange(6, 13)
            reporter = draw.choice(reporters)
            if (draw.random() < KEPT_SHARE and last < world.days - 4
                    and old.hosts == new.hosts and old.lines() != new.lines()
                    and "none" not in (old.mode, new.mode)):
                world.add(Event(MISTAKE, STALE, (), "kept-policy",
                                (domain.name,), day, last, (REPORTER,),
                                reporter.domain))


def sway(world):
    """Holidays and newsletters: a few days."""
    for domain in world.domains:
        draw = drawn(world, "sway", domain.name)
        for name, by, length in (("holiday", 0.5, 3), ("newsletter", 4.0, 1),
                                 ("newsletter", 3.0, 2)):
            first = draw.randrange(10, world.days)
            world.swings[domain.name].append(
                (first, first + length - 1, name, by))


def spoil_senders(world):
    """One machine of a large reporter never got a handshake right."""
    draw = drawn(world, "spoil")
    large = [r for r in world.reporters if r.networks > 2]
    reporter = draw.choice(large)
    world.add(Event(NOISE, (), FAILING, "handshake", (), 0, world.days - 1,
                    (REPORTER, UNKNOWN, CONFIGURATION), reporter.domain,
                    draw.randrange(reporter.networks), share=0.04))


# -- one by one: each gives the event, or None where there is no room --

def on_host(world, room, draw, kinds, also, fault, kind, share=1.0,
            nature=MISTAKE, length=None):
    domain = draw.choice(with_policy(world, kind))
    days = room.place(draw, [domain.name], length or draw.randrange(2, 7))
    if days is None:
        return None
    host = domain.at(days[0]).hosts[0].name
    return Event(nature, kinds, also, fault, (domain.name,), *days,
                 (CONFIGURATION, UNKNOWN), host=host, share=share)


def expire(world, room, draw):
    return on_host(world, room, draw, ("certificate-expired",), FAILING,
                   "expired", "sts")


def misname(world, room, draw):
    return on_host(world, room, draw, ("certificate-mismatch",), FAILING,
                   "mismatch", "sts")


def forget_tlsa(world, room, draw):
    event = on_host(world, room, draw, FAILING + ("certificate-mismatch",), (),
                    "rollover", "tlsa")
    with_both = {d.name for d in with_policy(world, "sts")}
    if event and event.domains[0] in with_both:
        event.kinds = (FAILING[1], FAILING[0], event.kinds[2])
    return event


def break_starttls(world, room, draw):
    return on_host(world, room, draw, ("starttls-gone",), FAILING,
                   "stripped", "sts")


def break_for_hours(world, room, draw):
    return on_host(world, room, draw, ("starttls-gone",), FAILING,
                   "stripped", "sts", share=0.15, nature=NOISE, length=1)


def lose_policy_host(world, room, draw):
    domain = draw.choice(with_policy(world, "sts"))
    days = room.place(draw, [domain.name], draw.randrange(2, 6))
    return days and Event(MISTAKE, ("policy-fetch-failing",), FAILING,
                          "fetch", (domain.name,), *days,
                          (CONFIGURATION, UNKNOWN))


def of_reporter(world, room, draw, kinds, fault, length, domains,
                needs="sts"):
    """Trouble of one reporter alone, everywhere it sends from."""
    reporter = draw.choice([r for r in world.reporters
                            if getattr(r, needs)])
    days = room.place(draw, domains, length)
    return days and Event(NOISE, kinds, FAILING, fault, tuple(domains), *days,
                          (REPORTER, UNKNOWN), reporter.domain)


def fetch_alone(world, room, draw):
    names = [draw.choice(with_policy(world, "sts")).name]
    return of_reporter(world, room, draw, ("policy-fetch-failing",), "fetch",
                       draw.randrange(1, 4), names)


def resolve_badly(world, room, draw):
    names = [d.name for d in with_policy(world, "tlsa")]
    return of_reporter(world, room, draw, FAILING, "bogus",
                       draw.randrange(1, 4), names, "dane")


def miss_roots(world, room, draw):
    """A new chain, of which the root is missing at one reporter."""
    names = [draw.choice(with_policy(world, "sts")).name]
    return of_reporter(world, room, draw,
                       ("certificate-mismatch", "certificate-intercepted"),
                       "old-roots", draw.randrange(4, 12), names)


def fall_silent(world, room, draw):
    """Without room of its own: nothing of it looks like anything else."""
    reporter = draw.choice([r for r in world.reporters
                            if r.rhythm in ("mail", "daily")])
    length = draw.randrange(7, 20)
    latest = world.days - length - 4
    first = draw.randint(QUIET_DAYS, max(QUIET_DAYS, latest))
    if latest < QUIET_DAYS:
        return None
    return Event(MISTAKE, ("reporter-silent",), (), "outage", (), first,
                 first + length - 1, (REPORTER, UNKNOWN), reporter.domain)


def get_stuck(world, room, draw):
    """Its reports of some days come together."""
    reporter = draw.choice([r for r in world.reporters if r.rhythm == "mail"])
    first = draw.randrange(10, world.days - 8)
    return Event(NOISE, ("reporter-silent",), (), "stuck", (), first,
                 first + draw.randrange(2, 6), (REPORTER, UNKNOWN),
                 reporter.domain)


def refuse_one(world, room, draw):
    """Our own limits: too many connections of one network at a time."""
    domain = draw.choice(with_policy(world, "sts"))
    days = room.place(draw, [domain.name], 1)
    reporter = draw.choice([r for r in world.reporters if r.networks > 1])
    return days and Event(NOISE, ("starttls-gone",), FAILING, "refused",
                          (domain.name,), *days, (CONFIGURATION, UNKNOWN),
                          reporter.domain, draw.randrange(reporter.networks),
                          share=0.5)


def lose_mail(world, room, draw):
    domain = draw.choice(world.domains)
    days = room.place(draw, [domain.name], draw.randrange(8, 15))
    return days and Event(MISTAKE, ("volume-collapsed",), ("reporter-silent",),
                          "less-mail", (domain.name,), *days,
                          (UNKNOWN, CONFIGURATION, REPORTER), share=0.95)


def give_up_policy(world, room, draw):
    domain = draw.choice(with_policy(world, "sts"))
    days = room.place(draw, [domain.name], 8)
    if days is None:
        return None
    mode = domain.at(days[0]).mode
    domain.change(days[0], mode="none")
    domain.change(days[1] + 1, mode=mode)
    return Event(NOISE, ("policy-not-found",), STALE, "nothing", (domain.name,),
                 days[0], days[1] + 3, (CONFIGURATION, UNKNOWN))


def move_host(world, room, draw):
    """To another host; the owner tells it a bit before or after. Its name is
    not in the certificate for the first hours, and one reporter goes to the old
    one for days."""
    domain = draw.choice(with_policy(world, "sts"))
    days = room.place(draw, [domain.name], 4)
    if days is None:
        return None
    day, old = days[0], domain.at(days[0]).hosts[0]
    n = int(domain.name[1:].partition("-")[0])
    new = Host(f"mail{day}.{domain.name}", (f"192.0.2.{n * 16 + 9}",))
    domain.change(day, hosts=(new,) + domain.at(day).hosts[1:])
    told = day + draw.randrange(-3, 4)
    domain.tell(told, [h.name for h in domain.at(day).hosts])
    reporter = draw.choice([r for r in world.reporters if r.sts])
    kinds, also = ("foreign-mx", "certificate-mismatch"), FAILING + STALE
    world.add(Event(NOISE, kinds, also, "stale-mx", (domain.name,), *days,
                    (REPORTER, UNKNOWN, CONFIGURATION), reporter.domain,
                    stranger=old.name, address=old.addresses[0]))
    return Event(NOISE, kinds, also, "new-host", (domain.name,), day, day + 1,
                 (CONFIGURATION, UNKNOWN), host=new.name, share=0.3)


SCENES = (expire, misname, forget_tlsa, break_starttls, break_for_hours,
          lose_policy_host, fetch_alone, fetch_alone, resolve_badly,
          miss_roots, fall_silent, lose_mail, give_up_policy, move_host,
          move_host, get_stuck, get_stuck, refuse_one, refuse_one)
SCENES_MAX = 11  # of an estate


def add_life(world):
    enforce(world)
    edit_policies(world)
    renew(world)
    sway(world)
    spoil_senders(world)
    room = Room(world)
    for n, scene in enumerate(drawn(world, "scenes").sample(SCENES,
                                                            SCENES_MAX)):
        event = scene(world, room, drawn(world, "scene", n))
        if event:
            world.add(event)
    keep_policies(world)
