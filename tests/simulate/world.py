"""world.py -- an estate, who reports about it, and what happens."""

import collections
import dataclasses

from attacks import add_attacks
from days import DAYS, chance
from estate import DOMAINS, new_estate
from life import add_life
from reporters import REPORTERS

OLD_POLICY_DAYS = 2  # for so long reporters may go by a policy that was changed


@dataclasses.dataclass
class World:
    seed: int
    days: int
    domains: list
    reporters: tuple
    events: list = dataclasses.field(default_factory=list)

    def __post_init__(self):
        self.by_day = None
        self.swings = collections.defaultdict(list)

    def add(self, event):
        event.number = len(self.events)
        self.events.append(event)
        self.by_day = None
        return event

    def events_on(self, day):
        if self.by_day is None:
            self.by_day = collections.defaultdict(list)
            for event in self.events:
                for on in range(event.first, event.last + 1):
                    self.by_day[on].append(event)
        return self.by_day[day]

    def of_fault(self, fault, day, domain, reporter):
        """Those in effect for all that the reporter does."""
        return [e for e in self.events_on(day) if e.fault == fault
                and e.selects(domain, reporter, e.network, e.host)]

    def swing(self, domain, day):
        """How much mail there is, as a multiple of the usual."""
        factor = 1.0
        for first, last, name, by in self.swings[domain.name]:
            if first <= day <= last:
                factor *= by
        for event in self.events_on(day):
            if event.fault == "less-mail" and domain.name in event.domains:
                factor *= 1 - event.share
        return factor

    def seen(self, reporter, domain, day):
        """What is published, as the reporter knows it: one in four has an old
        policy for a while."""
        kept = self.of_fault("kept-policy", day, domain.name, reporter.domain)
        if kept:
            return domain.at(kept[0].first - 1)
        draw = chance(self.seed, "cache", reporter.domain, domain.name,
                      len(domain.history))
        late = draw.choice((0, 0, 0, OLD_POLICY_DAYS))
        return domain.at(max(0, day - late))


def new_world(seed, days=DAYS, domains=DOMAINS, attacks=True):
    world = World(seed, days, new_estate(seed, domains), REPORTERS)
    if attacks:  # they find room first
        add_attacks(world)
    add_life(world)
    return world
