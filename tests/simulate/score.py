"""score.py -- what the service found beside what was the case.

A finding counts from a day on which it is first open to the last one; if it is
opened again that is another. It is right if something that happened on those
days, in that domain, is told by its kind and not contradicted by its subject;
what happens by itself now and then (NOISE) makes it neither right nor wrong.
Something is found if for each domain that it could be seen in there is a right
finding."""

import collections
import dataclasses
import math
import statistics

from events import ATTACK, NOISE, PATH

TAIL_DAYS = 2  # a finding may open so long after the last report of an event
Z = 1.959964  # 95 %


def wilson(n, of):
    """Lower and upper end of the interval of a share."""
    if of == 0:
        return 0.0, 1.0
    share, zz = n / of, Z * Z / of
    middle = (share + zz / 2) / (1 + zz)
    half = Z / (1 + zz) * math.sqrt(share * (1 - share) / of + zz / of / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclasses.dataclass
class Episode:
    """A finding while it is open."""

    kind: str
    domain: str
    subject: str
    first: int
    last: int
    conclusions: list


class Watch:
    """Findings as they are listed, day by day."""

    def __init__(self):
        self.open = {}
        self.episodes = []

    def note(self, day, findings):
        now = {}
        for f in findings:
            if "closed" in f["state"]:
                continue
            episode = self.open.get(f["id"])
            if episode is None:
                episode = Episode(f["kind"], f.get("domain") or "",
                                  f.get("subject") or "", day, day, [])
                self.episodes.append(episode)
            episode.last = day
            if f["conclusion"] not in episode.conclusions[-1:]:
                episode.conclusions.append(f["conclusion"])
            now[f["id"]] = episode
        self.open = now


class Names:
    """Who and what a subject can name."""

    def __init__(self, truth):
        self.reporters = truth["reporters"]
        self.hosts = sorted({h for p in truth["published"]
                             for h in p["hosts"]})

    @staticmethod
    def agrees(one, names, subject):
        named = [n for n in names if n in subject]
        return not one or not named or one in named

    def fits(self, row, subject):
        """Whether the subject names no other reporter or MX host."""
        return (row["stranger"] != "" and row["stranger"] in subject
                or self.agrees(row["reporter"], self.reporters, subject)
                and self.agrees(row["host"], self.hosts, subject))


def is_about(row, episode):
    """The same days and domain."""
    return ((not row["domain"] or not episode.domain
             or row["domain"] == episode.domain)
            and episode.first <= row["last-evidence"] + TAIL_DAYS
            and episode.last >= row["first-day"])


@dataclasses.dataclass
class Kind:
    """Of findings of one kind."""

    right: int = 0
    wrong: int = 0
    neither: int = 0
    events: int = 0
    found: int = 0
    in_time: int = 0
    concluded: int = 0  # of those found, as it should be
    delays: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Score:
    kinds: dict = dataclasses.field(
        default_factory=lambda: collections.defaultdict(Kind))
    false_paths: list = dataclasses.field(default_factory=list)
    quiet_days: int = 0
    attacks: int = 0
    attacks_found: int = 0
    attacks_in_time: int = 0
    unseen: int = 0  # attacks that nothing in signed reports told of

    def add(self, other):
        for name, kind in other.kinds.items():
            mine = self.kinds[name]
            for field in dataclasses.fields(Kind):
                setattr(mine, field.name, getattr(mine, field.name)
                        + getattr(kind, field.name))
        for field in dataclasses.fields(self)[1:]:
            setattr(self, field.name, getattr(self, field.name)
                    + getattr(other, field.name))


def judge_episode(score, names, rows, seed, episode):
    about = [r for r in rows if is_about(r, episode)]
    telling = [r for r in about if names.fits(r, episode.subject)]
    kind = score.kinds[episode.kind]
    if any(r["nature"] != NOISE and episode.kind in r["kinds"]
           for r in telling):
        kind.right += 1
    elif any(episode.kind in r["kinds"] + r["also"] for r in telling):
        kind.neither += 1
    else:
        kind.wrong += 1
    if PATH in episode.conclusions and not any(
            PATH in r["conclusions"] for r in about):
        score.false_paths.append({"seed": seed,
                                  **dataclasses.asdict(episode)})


def finding_of(names, row, episodes):
    """The first that is right, or None."""
    right = [e for e in episodes if is_about(row, e)
             and e.kind in row["kinds"] and names.fits(row, e.subject)]
    return min(right, key=lambda e: e.first, default=None)


def judge_event(score, names, rows, episodes):
    """Rows of one event that could be seen, one for each domain."""
    first = rows[0]
    kind = score.kinds[first["kinds"][0]]
    found = [finding_of(names, row, episodes) for row in rows]
    delays = [max(0, e.first - row["sufficient"])
              for e, row in zip(found, rows) if e is not None]
    is_found = len(delays) == len(rows)
    in_time = is_found and max(delays) <= 1
    kind.events += 1
    kind.found += is_found
    kind.in_time += in_time
    if is_found:
        kind.delays.append(max(delays))
        kind.concluded += all(e.conclusions[-1] in first["conclusions"]
                              for e in found)
    if first["nature"] == ATTACK:
        score.attacks += 1
        score.attacks_found += is_found
        score.attacks_in_time += in_time


def quiet_days(truth):
    """Days of domains on which nothing is done to their mail."""
    taken = {(d, day) for r in truth["events"] if PATH in r["conclusions"]
             for d in ([r["domain"]] if r["domain"] else truth["domains"])
             for day in range(r["first-day"], r["last-evidence"]
                              + TAIL_DAYS + 1) if day < truth["days"]}
    return len(truth["domains"]) * truth["days"] - len(taken)


def score_of(truth, episodes):
    """Of one estate."""
    score, names = Score(quiet_days=quiet_days(truth)), Names(truth)
    for episode in episodes:
        judge_episode(score, names, truth["events"], truth["seed"], episode)
    by_event = collections.defaultdict(list)
    for row in truth["events"]:
        if row["nature"] != NOISE:
            by_event[row["event"]].append(row)
    for rows in by_event.values():
        seen = [r for r in rows if r["sufficient"] is not None
                and r["sufficient"] < truth["days"]]
        if seen:
            judge_event(score, names, seen, episodes)
        elif rows[0]["nature"] == ATTACK:
            score.unseen += 1
    return score


# -- for people, and for programs --

def share(n, of):
    if of == 0:
        return "-"
    low, high = wilson(n, of)
    return f"{n / of:.3f} ({low:.3f}-{high:.3f})"


def median(delays):
    return f"{statistics.median(delays):g}" if delays else "-"


HEAD = ("finding", "right", "wrong", "precision (95 %)", "events", "found",
        "recall (95 %)", "within a day", "delay, median and longest",
        "conclusion right")


def row_of(name, k):
    delay = (f"{median(k.delays)}, {max(k.delays)}" if k.delays else "-")
    return (name, k.right, k.wrong, share(k.right, k.right + k.wrong),
            k.events, k.found, share(k.found, k.events), k.in_time, delay,
            share(k.concluded, k.found))


def table(title, score):
    """Markdown."""
    lines = [f"### {title}", "", "| " + " | ".join(HEAD) + " |",
             "|" + "---|" * len(HEAD)]
    for name, kind in sorted(score.kinds.items()):
        cells = map(str, row_of(name, kind))
        lines.append("| " + " | ".join(cells) + " |")
    paths, days = len(score.false_paths), score.quiet_days
    lines += [
        "",
        f"False \"likely on the path\": {paths} in {days} quiet domain-days, "
        f"{10000 * paths / max(1, days):.2f} in 10,000.",
        f"Attacks with sufficient evidence: {score.attacks}; found "
        f"{share(score.attacks_found, score.attacks)}, within one reporting "
        f"period {share(score.attacks_in_time, score.attacks)}; without: "
        f"{score.unseen}.", ""]
    return "\n".join(lines)


def as_json(score):
    kinds = {}
    for name, k in sorted(score.kinds.items()):
        kinds[name] = {
            **dataclasses.asdict(k),
            "precision": wilson(k.right, k.right + k.wrong),
            "recall": wilson(k.found, k.events)}
    value = {f.name: getattr(score, f.name)
             for f in dataclasses.fields(score)[1:]}
    return {**value, "kinds": kinds}
