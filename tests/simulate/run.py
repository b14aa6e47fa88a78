"""run.py -- the service's findings in simulated estates, beside the truth.

Usage: run.py [--json | --figures] [--seeds FIRST-LAST] [--processes N]
              [--keep FOLDER]

Without --seeds: those that the rules were made with, and those that nobody
looks at while making them. With --figures the table goes to stderr, and figures
as .ci/bench wants them to stdout. TLSRPT_BIN names the folder of `tlsrpt`."""

import argparse
import collections
import contextlib
import json
import multiprocessing
import os
import pathlib
import shutil
import sys
import tempfile
import time

from score import Score, Watch, as_json, score_of, table
from service import Service, knows_findings
from simulate import simulate

TUNING = range(1, 21)
HELD_OUT = range(1001, 1041)
MEMORY = "/dev/shm"  # thousands of small commits are waited for on a disk


def run_days(service, folder, truth, judges):
    """Day by day as an operator has it; episodes, and what files became."""
    watch, counts = Watch(), collections.Counter()
    for day in range(truth["days"]):
        service.set_day(day)
        for on, domain, hosts in truth["owner"]:
            if on == day:
                service.own(domain, hosts)
        counts.update(service.take(folder / f"{day:03}"))
        if judges:
            watch.note(day, service.judge(day))
    return watch.episodes, counts


def run_seed(job):
    """Score and counts of one estate."""
    seed, place, keeps, judges = job
    folder = pathlib.Path(place) / str(seed)
    truth = simulate(seed, folder / "mails")
    service = Service(folder / "service")
    episodes, counts = run_days(service, folder / "mails", truth, judges)
    if not keeps:
        shutil.rmtree(folder)
    return score_of(truth, episodes), counts


def run_seeds(title, seeds, options, judges):
    """Scores and counts of all of them, with a word about each on stderr."""
    score, counts, begin = Score(), collections.Counter(), time.monotonic()
    with contextlib.ExitStack() as stack:
        place = options.keep or stack.enter_context(
            tempfile.TemporaryDirectory(
                prefix="tlsrpt-simulate-",
                dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
        pool = stack.enter_context(multiprocessing.Pool(options.processes))
        jobs = [(seed, place, bool(options.keep), judges) for seed in seeds]
        for n, (one, files) in enumerate(pool.imap(run_seed, jobs), 1):
            score.add(one)
            counts.update(files)
            print(f"{title}: {n} of {len(jobs)} estates, "
                  f"{time.monotonic() - begin:.0f} s", file=sys.stderr)
    return score, counts


def show(title, score, counts, to):
    print(table(title, score), file=to)
    told = ", ".join(f"{n} {k}" for k, n in sorted(counts.items()) if n)
    print(f"Received: {told}.\n", file=to, flush=True)


def show_figures(name, score):
    """As .ci/bench reads them."""
    days = score.quiet_days
    in_time = score.attacks_in_time / max(1, score.attacks)
    paths = len(score.false_paths)
    for what, value, unit, goal, met in (
            ("quiet", days, "domain-days", ">= 10000", days >= 10000),
            ("false_paths", 10000 * paths / max(1, days), "per 10,000", "0",
             paths == 0),
            ("attacks", score.attacks, "attacks", None, None),
            ("in_time", in_time, "of them", ">= 0.95", in_time >= 0.95)):
        print(json.dumps({
            "name": f"findings.{name}.{what}", "value": value, "unit": unit,
            "limit": None, "ratio": None, "goal": goal, "met": met}))


def seeds_of(text):
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def options_of(arguments):
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--seeds", type=seeds_of)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep")
    return parser.parse_args(arguments)


def main():
    options = options_of(sys.argv[1:])
    judges = knows_findings()
    if not judges:
        print("this tlsrpt has no findings: reports are only imported",
              file=sys.stderr)
    if options.figures and not judges:
        return
    runs = [("Seeds used in tuning", TUNING), ("Held-out seeds", HELD_OUT)]
    if options.seeds:
        runs = [("Seeds as asked for", options.seeds)]
    all_of_it = {}
    for title, seeds in runs:
        score, counts = run_seeds(title, seeds, options, judges)
        all_of_it[title] = {**as_json(score), "files": counts}
        if options.figures:
            show_figures("tuning" if seeds is TUNING else "held_out", score)
        if not options.json:
            show(f"{title} ({seeds[0]}-{seeds[-1]})", score, counts,
                 sys.stderr if options.figures else sys.stdout)
    if options.json:
        print(json.dumps(all_of_it, indent=1))


if __name__ == "__main__":
    main()
