"""simulate.py -- write an estate's reports into a folder for each day, with
what really happened beside them.

Usage: simulate.py SEED FOLDER

FOLDER/000 to 089 hold what arrives on each day; truth.json the events, the
estate's domains and what their owner tells of them."""

import json
import pathlib
import sys

from days import text_of
from mails import files_of
from reports import reports_of
from strangers import files_of_day
from truth import truth_of
from world import new_world


def owner_of(world):
    """Day, domain and MX hosts: what is to be said to the service."""
    return sorted((max(0, day), d.name, hosts)
                  for d in world.domains for day, hosts in d.owner)


def published_of(world):
    """What a look at DNS and the policy host would have shown."""
    return [{"domain": d.name, "from": day, "mode": p.mode, "dane": p.dane,
             "policy": p.lines() if p.mode != "none" else [],
             "hosts": {h.name: {"addresses": list(h.addresses),
                                "tlsa": h.tlsa()} for h in p.hosts}}
            for d in world.domains for day, p in d.history]


def write_day(folder, files):
    folder.mkdir(parents=True)
    for file in files:
        (folder / file.name).write_bytes(file.body)


def simulate(seed, folder, **options):
    """What is in truth.json."""
    world = new_world(seed, **options)
    by_day = reports_of(world)
    honest = strange = 0
    for day, reports in enumerate(by_day):
        mine = [f for report in reports for f in files_of(report)]
        theirs = files_of_day(world, day)
        write_day(folder / f"{day:03}", mine + theirs)
        honest += len(mine)
        strange += len(theirs)
    truth = {
        "seed": seed, "days": world.days, "first-date": text_of(0),
        "domains": [d.name for d in world.domains],
        "reporters": [r.domain for r in world.reporters],
        "owner": owner_of(world), "published": published_of(world),
        "honest-files": honest, "strange-files": strange,
        "events": truth_of(world, by_day),
    }
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    return truth


if __name__ == "__main__":
    place = pathlib.Path(sys.argv[2])
    place.mkdir(parents=True, exist_ok=True)
    simulate(int(sys.argv[1]), place)
