"""calendar_room.py -- no two events of a domain are so near to each other that
a finding could be of either."""

from days import chance

QUIET_DAYS = 24  # at the beginning: there is a history
GAP_DAYS = 7
TRIES = 40


class Room:
    """What is taken of each domain's days."""

    def __init__(self, world):
        self.days = world.days
        self.taken = [(e.domains or tuple(d.name for d in world.domains),
                       e.first, e.last) for e in world.events if e.kinds]

    def is_free(self, names, first, last):
        return not any(set(names) & set(other)
                       and first - GAP_DAYS <= end and begin <= last + GAP_DAYS
                       for other, begin, end in self.taken)

    def place(self, draw, names, length):
        """First and last day of so many, which are taken then; or None."""
        latest = self.days - length - 4
        for _ in range(TRIES if latest >= QUIET_DAYS else 0):
            first = draw.randint(QUIET_DAYS, latest)
            last = first + length - 1
            if self.is_free(names, first, last):
                self.taken.append((tuple(names), first, last))
                return first, last
        return None


def with_policy(world, kind):
    """Domains that have a policy of that type from the first day."""
    return [d for d in world.domains
            if (d.at(0).dane if kind == "tlsa" else d.at(0).mode != "none")]


def drawn(world, *key):
    return chance(world.seed, *key)
