"""events.py -- what happens: attacks, mistakes, and what is neither. An event
is in effect for some days, for the sessions that it selects."""

import dataclasses

ATTACK, MISTAKE, NOISE = "attack", "mistake", "noise"
# What a finding of it may conclude.
PATH, CONFIGURATION, REPORTER, UNKNOWN = (
    "path", "configuration", "reporter", "unknown")


@dataclasses.dataclass
class Event:
    nature: str  # NOISE: a finding of it is neither asked for nor wrong
    kinds: tuple  # of findings that tell of it, the best first
    also: tuple  # kinds that it may be told by as well
    fault: str  # of faults.py, or what reports.py does for it
    domains: tuple  # names
    first: int  # days of sessions
    last: int
    conclusions: tuple  # that are right
    reporter: str = ""  # its domain; empty: all
    network: int = -1  # of the reporter; -1: all
    host: str = ""  # MX host; empty: all
    share: float = 1.0  # of the sessions that are selected
    stranger: str = ""  # MX host that mail goes to instead
    address: str = ""  # likewise
    number: int = 0
    # Filled in while reports are made: (day of arrival, day of sessions,
    # reporter's domain, domain, sessions).
    seen: list = dataclasses.field(default_factory=list)

    @property
    def is_abroad(self):
        return bool(self.stranger or self.address)

    def selects(self, domain, reporter, network, host):
        return ((not self.domains or domain in self.domains)
                and self.reporter in ("", reporter)
                and self.network in (-1, network)
                and self.host in ("", host))

