"""attacks.py -- what somebody does to our mail, or to what is told of it."""

from calendar_room import Room, drawn, with_policy
from events import ATTACK, CONFIGURATION, PATH, REPORTER, UNKNOWN, Event
from reporters import FAILURES, SIGNED, WEEKLY

FAILING = ("enforce-failures", "dane-sts-disagree")


def victims(world, draw, kind):
    """One domain, or all of them: whoever sits near the reporter."""
    names = [d.name for d in with_policy(world, kind)]
    return names if draw.random() < 0.3 else [draw.choice(names)]


def teller(world, draw, networks=1):
    """A reporter that would tell of it."""
    able = [r for r in world.reporters
            if r.sts and r.tests and r.way == SIGNED and r.rhythm != WEEKLY
            and r.networks >= networks]
    return draw.choice(able)


def near_reporter(world, room, draw, kinds, also, fault, is_one_path, **more):
    reporter = teller(world, draw, 2 if is_one_path else 1)
    names = victims(world, draw, "sts")
    days = room.place(draw, names, draw.randrange(3, 12))
    network = draw.randrange(reporter.networks) if is_one_path else -1
    more["share"] = draw.choice((1.0, 1.0, 0.5))
    return days and Event(ATTACK, kinds, also, fault, tuple(names), *days,
                          (PATH,), reporter.domain, network, **more)


def strip_path(world, room, draw):
    return near_reporter(world, room, draw,
                         ("starttls-stripped-on-path",), FAILING, "stripped",
                         True)


def strip_reporter(world, room, draw):
    return near_reporter(world, room, draw,
                         ("starttls-stripped-on-path",), FAILING, "stripped",
                         False)


def intercept(world, room, draw):
    return near_reporter(world, room, draw,
                         ("certificate-intercepted",), FAILING, "intercepted",
                         True)


def stranger_address(world):
    return f"203.0.113.{world.seed % 250 + 1}"


def divert_name(world, room, draw):
    """Forged MX records in one reporter's DNS."""
    return near_reporter(world, room, draw, ("foreign-mx",), FAILING,
                         "foreign-mx", False,
                         stranger=f"mx.s{world.seed}.stranger.example",
                         address=stranger_address(world))


def divert_for_all(world, room, draw):
    """Whoever has our zone: it may as well be a mistake of ours."""
    domain = draw.choice(with_policy(world, "sts"))
    days = room.place(draw, [domain.name], draw.randrange(1, 5))
    return days and Event(ATTACK, ("foreign-mx",), FAILING, "foreign-mx",
                          (domain.name,), *days, (PATH, CONFIGURATION, UNKNOWN),
                          stranger=f"in.s{world.seed}.stranger.example",
                          address=stranger_address(world))


def divert_address(world, room, draw):
    """A forged address, or its route."""
    return near_reporter(world, room, draw,
                         ("foreign-address", "foreign-mx",
                          "certificate-intercepted", "certificate-mismatch"),
                         FAILING, "foreign-address", False,
                         address=stranger_address(world))


def hide_policy(world, room, draw):
    """The TXT record of MTA-STS does not get through."""
    reporter = draw.choice([r for r in world.reporters
                            if r.sts and r.tests and not r.dane
                            and r.way == SIGNED and r.rhythm != WEEKLY])
    names = victims(world, draw, "sts")
    days = room.place(draw, names, draw.randrange(4, 12))
    return days and Event(ATTACK, ("policy-not-found",), (), "hidden-policy",
                          tuple(names), *days, (PATH, UNKNOWN, REPORTER),
                          reporter.domain)


def hide_record(world, room, draw):
    """The TLSRPT record does not get through: no report comes."""
    reporter = draw.choice([r for r in world.reporters if r.rhythm not in
                            (FAILURES, WEEKLY) and r.way == SIGNED])
    domain = draw.choice(world.domains)
    days = room.place(draw, [domain.name], draw.randrange(10, 20))
    return days and Event(ATTACK, ("reporter-silent", "record-vanished"), (),
                          "hidden-record", (domain.name,), *days,
                          (PATH, UNKNOWN, REPORTER), reporter.domain)


def forge(world, room, draw):
    """A stranger tells that all is lost, in the name of a large reporter."""
    domain = draw.choice(with_policy(world, "sts"))
    days = room.place(draw, [domain.name], draw.randrange(2, 6))
    return days and Event(ATTACK, ("unauthenticated-contradiction",), (),
                          "forged", (domain.name,), *days,
                          (UNKNOWN, REPORTER, CONFIGURATION),
                          "bigmail.example")


def flood(world, room, draw):
    domain = draw.choice(world.domains)
    days = room.place(draw, [domain.name], 1)
    return days and Event(ATTACK, ("report-flood",),
                          ("unauthenticated-contradiction",), "flood",
                          (domain.name,), *days,
                          (UNKNOWN, REPORTER, CONFIGURATION),
                          "bigmail.example")


SCENES = (strip_path, strip_path, strip_reporter, intercept, intercept,
          divert_name, divert_name, divert_for_all, divert_address,
          hide_policy, hide_record, forge, flood)
SCENES_MAX = 5  # of an estate


def add_attacks(world):
    room = Room(world)
    for n, scene in enumerate(drawn(world, "attacks").sample(SCENES,
                                                             SCENES_MAX)):
        event = scene(world, room, drawn(world, "attack", n))
        if event:
            world.add(event)
