"""test_simulate.py -- the simulator is as it says: the same again, with every
quirk, with a truth that a count by hand agrees with, in mails that others
read."""

import base64
import collections
import email
import email.policy
import gzip
import hashlib
import itertools
import json
import pathlib
import re
import tempfile
import unittest

import attacks
import life
from estate import new_estate
from events import ATTACK, MISTAKE, PATH, Event
from mails import files_of
from reporters import REPORTERS
from reports import reports_of
from run import run_days
from score import Episode, Watch, score_of, wilson
from service import Service
from simulate import simulate
from strangers import files_of_day
from truth import truth_of
from world import World, new_world

SMALL = {"days": 45, "domains": 3}


def all_files(seed):
    """Honest ones, of a whole estate that lost a policy host, too."""
    world = new_world(seed)
    world.add(Event(MISTAKE, (), (), "fetch", (world.domains[0].name,), 3, 4,
                    ()))
    return [(r, f) for day in reports_of(world) for r in day
            for f in files_of(r)]


def read(body):
    """The JSON of a mail or post, and the mail or None; by Python."""
    if body.startswith(b"\x1f\x8b"):
        return json.loads(gzip.decompress(body)), None
    if body.startswith(b"{"):
        return json.loads(body), None
    message = email.message_from_bytes(body, policy=email.policy.default)
    part = next(p for p in message.walk() if not p.is_multipart()
                and (p["ContentType"] or p.get_content_maintype() != "text"))
    data = part.get_payload(decode=True)
    if data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    return json.loads(data.decode("utf-8-sig")), message


def members(value, name):
    """What stands under that name, anywhere."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name:
                yield inner
            yield from members(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, name)


def policies(value):
    return list(members(value, "policy"))


def types(message):
    return [p.get_content_type() for p in message.walk()]


def bare(message):
    """Without white space around folds."""
    return re.sub(r"\s+", " ", message.as_string())


# What receivers meet, by its look alone: of the report's JSON, and of the
# mail.
SEEN_IN_JSON = {
    "no zone": lambda v: v["date-range"]["start-datetime"][-1].isdigit(),
    "offset": lambda v: v["date-range"]["end-datetime"].endswith("+00:00"),
    "end on the next day": lambda v: "T00:00:00" in
    v["date-range"]["end-datetime"],
    "end before start": lambda v: v["date-range"]["end-datetime"]
    < v["date-range"]["start-datetime"],
    "a week": lambda v: days_between(v) == 6,
    "id that can be guessed": lambda v: re.fullmatch(
        r"\d{4}-\d\d-\d\dT00:00:00Z_d\d-s\d+\.example", v["report-id"]),
    "id with plus": lambda v: re.fullmatch(r"\d+\+.+", v["report-id"]),
    "id with nothing behind plus": lambda v: v["report-id"].endswith("+"),
    "id with at": lambda v: "@" in v["report-id"],
    "id of a hash": lambda v: re.fullmatch(r"\d{10}_[0-9a-f]+",
                                           v["report-id"]),
    "id with index": lambda v: "_idx1_" in v["report-id"],
    "contact null": lambda v: v["contact-info"] is None,
    "no policy-domain": lambda v: any("policy-domain" not in p
                                      for p in policies(v)),
    "no total of failures": lambda v: any(
        "total-failure-session-count" not in s for s in members(v, "summary")),
    "total of failures null": lambda v: None in members(
        v, "total-failure-session-count"),
    "no addresses of a fetch": lambda v: any(
        d.get("result-type") == "sts-policy-fetch-error"
        and "sending-mta-ip" not in d and "receiving-ip" not in d
        for ds in members(v, "failure-details") for d in ds),
    "empty address": lambda v: "" in members(v, "sending-mta-ip"),
    "no failure-details": lambda v: any("failure-details" not in p
                                        for p in v["policies"]),
    "empty failure-details": lambda v: [] in members(v, "failure-details"),
    "empty policy-string": lambda v: [] in members(v, "policy-string"),
    "no count of a detail": lambda v: any(
        "failed-session-count" not in d
        for ds in members(v, "failure-details") for d in ds),
    "misspelt host": lambda v: any(members(v, "receiving-mx-host-name")),
    "reason of the draft": lambda v: any(members(v, "failure-error-code")),
    "pattern for host": lambda v: any(members(v, "mx-host-pattern")),
    "URI of the schema": lambda v: any(members(v, "additional-info-uri")),
    "mx-host a text": lambda v: any(isinstance(h, str)
                                    for h in members(v, "mx-host")),
    "no mx-host": lambda v: any(p["policy-type"] == "sts"
                                and "mx-host" not in p for p in policies(v)),
    "mx-host with prefix": lambda v: any(
        str(h).startswith("['mx: ") for h in members(v, "mx-host")),
    "policy-string a text": lambda v: any(isinstance(s, str) for s in
                                          members(v, "policy-string")),
    "no policy-string": lambda v: any("policy-string" not in p
                                      for p in policies(v)),
    "counts as texts": lambda v: any(isinstance(n, str) for n in members(
        v, "total-successful-session-count")),
    "type in capitals": lambda v: "STS" in members(v, "policy-type"),
    "final dot": lambda v: any(d.endswith(".") for d in
                               members(v, "policy-domain")),
    "lines without a blank": lambda v: "mode:" in str(v)
    and "mode: " not in str(v),
    "TLSA as JSON": lambda v: any(str(s).startswith("['[\"3 1 1")
                                  for s in members(v, "policy-string")),
    "unknown result": lambda v: "quantum-handshake-flux" in
    members(v, "result-type"),
    "unknown policy": lambda v: "invalid-policy-type" in
    members(v, "policy-type"),
    "null texts": lambda v: None in members(v, "failure-reason-code"),
    "empty texts": lambda v: "" in members(v, "failure-reason-code"),
    "many lines of EHLO": lambda v: any(
        "250-" in h for h in members(v, "receiving-mx-helo")),
    "DANE by host": lambda v: any(
        p["policy-type"] == "tlsa" and p.get("policy-domain", "").startswith(
            ("mx", "mail.")) for p in policies(v)),
    "both of the same sessions": lambda v: {"sts", "tlsa"} <= set(
        members(v, "policy-type")) and len(set(members(
            v, "total-successful-session-count"))) == 1,
    "policy that changed": lambda v: collections.Counter(
        (p["policy-type"], p.get("policy-domain")) for p in
        policies(v)).most_common(1)[0][1] > 1,
    "split policy": lambda v: len({str(p) for p in policies(v)})
    < len(v["policies"]),
    "details past the total": lambda v: any(
        sum(int(d.get("failed-session-count", 1))
            for d in p.get("failure-details", []))
        > int(p["summary"].get("total-failure-session-count") or 0)
        for p in v["policies"]),
    "no sessions at all": lambda v: all(
        int(n) == 0 for name in ("total-successful-session-count",
                                 "total-failure-session-count")
        for n in members(v, name) if n is not None),
    "keys sorted": lambda v: list(v) == sorted(v),
}
SEEN_IN_MAIL = {
    "multipart/mixed": lambda m: m.get_content_type() == "multipart/mixed",
    "the whole message": lambda m: not m.is_multipart(),
    "type without suffix": lambda m: "application/tlsrpt" in types(m),
    "x-gzip": lambda m: "application/tlsrpt+x-gzip" in types(m),
    "gzip": lambda m: "application/gzip" in types(m),
    "octet-stream": lambda m: "application/octet-stream" in types(m),
    "json": lambda m: "application/json" in types(m),
    "quoted-printable": lambda m: "quoted-printable" in
    [p["Content-Transfer-Encoding"] for p in m.walk()],
    "header without hyphen": lambda m: any(p["ContentType"] for p in m.walk()),
    "name in parts": lambda m: "filename*1=" in m.as_string(),
    "no name": lambda m: not any(p.get_filename() for p in m.walk()),
    "empty last part": lambda m: m.is_multipart()
    and not list(m.walk())[-1].get_payload().strip(),
    "only HTML": lambda m: "text/html" in types(m)
    and "text/plain" not in types(m),
    "submitter above": lambda m: "@corp." in m["From"],
    "fields not signed": lambda m: "tls-report-domain"
    not in bare(m).partition("h=")[2].partition(";")[0],
    "subject without brackets": lambda m: "<" not in m["Subject"],
}


def days_between(value):
    first, last = (int(value["date-range"][k][8:10])
                   for k in ("start-datetime", "end-datetime"))
    return (last - first) % 30


class Quirks(unittest.TestCase):
    """One estate has them all."""

    @classmethod
    def setUpClass(cls):
        cls.files = [(r, f, *read(f.body)) for seed in (1,)
                     for r, f in all_files(seed)]

    def test_each_occurs_in_json(self):
        missing = [name for name, is_so in SEEN_IN_JSON.items()
                   if not any(is_so(v) for _, _, v, _ in self.files)]
        self.assertEqual([], missing)

    def test_each_occurs_in_mails(self):
        missing = [name for name, is_so in SEEN_IN_MAIL.items()
                   if not any(m and is_so(m) for _, _, _, m in self.files)]
        self.assertEqual([], missing)

    def test_ways_and_bytes(self):
        posts = [f.body for _, f, _, m in self.files if m is None]
        self.assertTrue(any(b.startswith(b"{") for b in posts))
        self.assertTrue(any(b.startswith(b"\x1f\x8b") for b in posts))
        mails = [m for _, _, _, m in self.files if m]
        parts = [p for m in mails for p in m.walk()
                 if p.get_content_type() == "application/tlsrpt+gzip"]
        self.assertTrue(any(p.get_payload(decode=True).startswith(b"{")
                            for p in parts))
        marked = [p for m in mails for p in m.walk()
                  if not p.is_multipart()
                  and p.get_payload(decode=True).startswith(b"\x1f\x8b")
                  and gzip.decompress(p.get_payload(decode=True))
                  .startswith(b"\xef\xbb\xbf")]
        self.assertTrue(marked)

    def test_late_and_twice(self):
        self.assertTrue(any(r.arrival - r.last > 7 for r, *_ in self.files))
        bodies = collections.Counter(f.body for _, f, *_ in self.files)
        self.assertTrue(any(n == 2 for n in bodies.values()))

    def test_same_id_of_different_days(self):
        days = collections.defaultdict(set)
        for r, _, value, _ in self.files:
            days[r.reporter.domain, r.domain,
                 value["report-id"]].add(r.first)
        self.assertTrue(any(len(d) > 1 for d in days.values()))

    def test_id_in_subject_is_another(self):
        self.assertTrue(any(
            m and "<" in m["Subject"] and v["report-id"] not in m["Subject"]
            for _, _, v, m in self.files))

    def test_signatures_are_of_these_bodies(self):
        for _, file, _, message in self.files[::17]:
            if message is None:
                continue
            body = file.body.partition(b"\r\n\r\n")[2]
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            self.assertIn(f"bh={digest};", bare(message))
            self.assertRegex(message["Authentication-Results"],
                             r"^mx\.sim\.example; dkim=pass header\.d=")

    def test_no_defects(self):
        for report, _, _, message in self.files:
            if message is not None and "odd-header" not in report.quirks:
                defects = [d for p in message.walk() for d in p.defects]
                self.assertEqual([], defects)


class Again(unittest.TestCase):
    """What a seed gives."""

    @staticmethod
    def bytes_of(seed):
        with tempfile.TemporaryDirectory() as folder:
            simulate(seed, pathlib.Path(folder) / "x", **SMALL)
            return {str(p.relative_to(folder)): p.read_bytes()
                    for p in pathlib.Path(folder).rglob("*") if p.is_file()}

    def test_same_again(self):
        self.assertEqual(self.bytes_of(7), self.bytes_of(7))

    def test_another_seed_another_estate(self):
        self.assertNotEqual(self.bytes_of(7), self.bytes_of(8))

    def test_every_scene_is_played(self):
        """In twenty estates."""
        played = {e.fault for seed in range(1, 21)
                  for e in new_world(seed).events}
        self.assertLessEqual(
            {"expired", "mismatch", "rollover", "stripped", "fetch", "bogus",
             "old-roots", "outage", "stuck", "refused", "less-mail",
             "kept-policy",
             "nothing", "new-host", "stale-mx", "intercepted", "foreign-mx",
             "foreign-address", "hidden-policy", "hidden-record", "forged",
             "flood"}, played)


def small_world(event=None):
    """One domain, all reporters, nothing else."""
    world = World(3, 60, new_estate(3, 1), REPORTERS)
    if event:
        world.add(event)
    return world


def strip(reporter, network):
    return Event(ATTACK, ("starttls-stripped-on-path",), (), "stripped",
                 ("d0-s3.example",), 30, 36, (PATH,), reporter, network)


class Truth(unittest.TestCase):
    """It is what reading the reports comes to."""

    def test_sessions_of_a_path(self):
        reporter = REPORTERS[0]
        event = strip(reporter.domain, 1)
        world = small_world(event)
        by_day = reports_of(world)
        row, = truth_of(world, by_day)
        counted = collections.Counter()
        for report in itertools.chain(*by_day):
            value, _ = read(files_of(report)[0].body)
            if (report.reporter is not reporter
                    or not 30 <= report.first <= 36):
                continue
            for policy in value["policies"]:
                for d in policy.get("failure-details", []):
                    if (d["result-type"] == "starttls-not-supported"
                            and "addresses-empty" not in report.quirks
                            and d["sending-mta-ip"].startswith(
                                reporter.network(1))):
                        counted[report.arrival] += d["failed-session-count"]
        told = {e[0]: e[4] for e in event.seen}
        self.assertGreater(len(counted), 3)
        for arrival, sessions in counted.items():
            self.assertEqual(sessions, told[arrival])
        self.assertEqual(min(told), row["first-evidence"])
        self.assertEqual(max(told), row["last-evidence"])
        total, sufficient = 0, None
        for arrival in sorted(told):
            total += told[arrival]
            if total >= 3 and sufficient is None:
                sufficient = arrival
        self.assertEqual(sufficient, row["sufficient"])

    def test_nothing_happens_outside_its_days(self):
        def failures(world):
            return {(r.reporter.domain, r.first): r.failed()
                    for r in itertools.chain(*reports_of(world))}
        quiet = failures(small_world())
        loud = failures(small_world(strip(REPORTERS[0].domain, 1)))
        differ = {k for k in loud if loud[k] != quiet.get(k)}
        self.assertLessEqual({r for r, _ in differ}, {REPORTERS[0].domain})
        self.assertLessEqual({day for _, day in differ}, set(range(30, 37)))
        self.assertTrue(differ)

    def test_silence(self):
        event = Event(ATTACK, ("reporter-silent",), (), "hidden-record",
                      ("d0-s3.example",), 30, 45, (PATH,),
                      REPORTERS[0].domain)
        world = small_world(event)
        by_day = reports_of(world)
        row, = truth_of(world, by_day)
        days = {r.first for r in itertools.chain(*by_day)
                if r.reporter is REPORTERS[0]}
        self.assertEqual(set(), days & set(range(30, 46)))
        self.assertIn(29, days)
        # It reports each day: the fourth day without is too much.
        self.assertEqual(30 + 4, row["sufficient"])

    def test_sums_of_a_both_reporter(self):
        """Two elements tell of the same sessions."""
        world = World(3, 20, new_estate(3, 3), REPORTERS)
        office = [r for r in itertools.chain(*reports_of(world))
                  if r.reporter.both and r.domain.startswith("d2-")]
        self.assertTrue(office)
        for report in office:
            value, _ = read(files_of(report)[0].body)
            sums = collections.Counter()
            for p in value["policies"]:
                sums[p["policy"]["policy-type"]] += sum(
                    int(n) for n in p["summary"].values())
            self.assertEqual(1, len(set(sums.values())))
            self.assertEqual(report.succeeded() + report.failed(),
                             max(sums.values()))


class Taken(unittest.TestCase):
    """What our own import makes of it."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory()))

    def service(self, world):
        service = Service(self.folder / "service")
        for domain in world.domains:
            service.own(domain.name, domain.known_hosts(world.days))
        service.set_day(world.days)
        return service

    def write(self, files):
        folder = self.folder / "mails"
        folder.mkdir()
        for n, file in enumerate(files):
            (folder / f"{n:05}-{file.name}").write_bytes(file.body)
        return folder

    def test_honest_reports_all_count(self):
        world = new_world(1, attacks=False)
        files = [f for day in reports_of(world) for r in day
                 for f in files_of(r)]
        counts = self.service(world).take(self.write(files))
        told = {k: n for k, n in counts.items() if n}
        self.assertEqual({"files", "counted", "duplicate"}, set(told))
        self.assertEqual(len(files), told["counted"] + told["duplicate"])

    def test_sessions_are_those_that_were_made(self):
        world = World(3, 45, new_estate(3, 3), REPORTERS)
        reports = [r for day in reports_of(world) for r in day]
        service = self.service(world)
        folder = self.write([files_of(r)[0] for r in reports])
        service.take(folder)
        rows = {pathlib.Path(r["peer"]).name: r
                for r in service.json("inbox", "list")}
        for n, report in enumerate(reports):
            row = rows[f"{n:05}-{files_of(report)[0].name}"]
            if "unknown-policy" in report.quirks:
                continue
            self.assertEqual(report.succeeded(),
                             row["total-successful-session-count"], row)
            self.assertIn(row["total-failure-session-count"],
                          (report.failed(), None))

    def test_nobody_vouches_for_strangers(self):
        world = World(3, 45, new_estate(3, 1), REPORTERS)
        event = world.add(Event(ATTACK, (), (), "forged", ("d0-s3.example",),
                                30, 31, (), "bigmail.example"))
        files = [f for day in range(45) for f in files_of_day(world, day)]
        self.assertEqual(6, len(files))
        self.assertEqual([31, 32], [e[0] for e in event.seen])
        service = self.service(world)
        service.take(self.write(files))
        verdicts = {r["verdict"] for r in service.json("inbox", "list")}
        self.assertEqual({"unauthenticated", "unsigned", "failed"}, verdicts)


def finding(kind, domain, conclusion="path", state="open", **more):
    return {"id": f"{kind} {domain}", "kind": kind, "domain": domain,
            "subject": "", "state": state, "severity": "warning",
            "conclusion": conclusion, **more}


class Scores(unittest.TestCase):
    """By hand."""

    def setUp(self):
        event = strip(REPORTERS[0].domain, 1)
        world = small_world(event)
        rows = truth_of(world, reports_of(world))
        self.sufficient = rows[0]["sufficient"]
        self.truth = {"seed": 3, "days": 60, "domains": ["d0-s3.example"],
                      "reporters": [r.domain for r in REPORTERS],
                      "published": [{"hosts": {"mx1.d0-s3.example": {}}}],
                      "events": rows}

    def episode(self, kind="starttls-stripped-on-path", first=None,
                subject="", conclusion="path"):
        first = self.sufficient if first is None else first
        return Episode(kind, "d0-s3.example", subject, first, first + 5,
                       [conclusion])

    def test_wilson(self):
        """Newcombe 1998, table I."""
        for n, of, low, high in ((81, 263, 0.2553, 0.3662),
                                 (15, 148, 0.0624, 0.1605),
                                 (0, 20, 0.0, 0.1611),
                                 (1, 29, 0.0061, 0.1718)):
            self.assertAlmostEqual(low, wilson(n, of)[0], 4)
            self.assertAlmostEqual(high, wilson(n, of)[1], 4)

    def test_all_is_found(self):
        score = score_of(self.truth, [self.episode()])
        kind = score.kinds["starttls-stripped-on-path"]
        self.assertEqual((1, 0, 1, 1, 1, [0]),
                         (kind.right, kind.wrong, kind.events, kind.found,
                          kind.in_time, kind.delays))
        self.assertEqual([], score.false_paths)

    def test_too_late_and_not_at_all(self):
        score = score_of(self.truth, [self.episode(first=self.sufficient + 2)])
        self.assertEqual((1, 1, 0), (score.attacks, score.attacks_found,
                                     score.attacks_in_time))
        score = score_of(self.truth, [])
        self.assertEqual((1, 0), (score.attacks, score.attacks_found))

    def test_of_another_reporter(self):
        score = score_of(self.truth, [self.episode(subject="office.example")])
        self.assertEqual((0, 1), (
            score.attacks_found,
            score.kinds["starttls-stripped-on-path"].wrong))

    def test_path_on_a_quiet_day(self):
        score = score_of(self.truth, [self.episode(first=5)])
        self.assertEqual(1, len(score.false_paths))
        last = self.truth["events"][0]["last-evidence"]
        self.assertEqual(60 - (last + 2 - 30 + 1), score.quiet_days)

    def test_opened_again_is_another(self):
        watch = Watch()
        for day, state in enumerate(("open", "open", "closed", "open")):
            watch.note(day, [finding("foreign-mx", "d", state=state)])
        self.assertEqual([(0, 1), (3, 3)],
                         [(e.first, e.last) for e in watch.episodes])


class Days(unittest.TestCase):
    """The service is asked as an operator would."""

    class Calls:
        """In the service's place: one finding on the third day."""

        def __init__(self):
            self.made, self.day = [], None

        def set_day(self, day):
            self.day = day

        def own(self, domain, hosts):
            self.made.append((self.day, domain, *hosts))

        def take(self, folder):
            self.made.append((self.day, folder.name))
            return {"files": 2, "counted": 1}

        def judge(self, day):
            return [finding("foreign-mx", "d")] if day == 2 else []

    def test_in_turn(self):
        calls = self.Calls()
        truth = {"days": 4, "owner": [[0, "d", ["mx"]], [2, "d", ["new"]]]}
        episodes, counts = run_days(calls, pathlib.Path("x"), truth, True)
        self.assertEqual([(0, "d", "mx"), (0, "000"), (1, "001"),
                          (2, "d", "new"), (2, "002"), (3, "003")],
                         calls.made)
        self.assertEqual({"files": 8, "counted": 4}, counts)
        self.assertEqual([(2, 2, ["path"])], [
            (e.first, e.last, e.conclusions) for e in episodes])


class Scenes(unittest.TestCase):
    """The lists of them are not longer than what an estate takes of them."""

    def test_lists(self):
        self.assertLessEqual(life.SCENES_MAX, len(life.SCENES))
        self.assertLessEqual(attacks.SCENES_MAX, len(attacks.SCENES))


if __name__ == "__main__":
    unittest.main()
