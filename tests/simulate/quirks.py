"""quirks.py -- what real reporters write otherwise than RFC 8460 says, each as
a change of a report's JSON. Those of mails are in mails.py."""

import datetime
import json

from faults import NONE, STS, TLSA


def policies(value, kind=None):
    return [p["policy"] for p in value["policies"]
            if kind in (None, p["policy"]["policy-type"])]


def details(value):
    return [d for p in value["policies"] for d in p.get("failure-details", [])]


def summaries(value):
    return [p["summary"] for p in value["policies"]]


# -- dates --

def both_ends(value, change):
    value["date-range"] = {k: change(v)
                           for k, v in value["date-range"].items()}


def no_zone(value):
    both_ends(value, lambda text: text.removesuffix("Z"))


def offset_for_z(value):
    both_ends(value, lambda text: text.replace("Z", "+00:00"))


def end_next_day(value):
    day = datetime.date.fromisoformat(
        value["date-range"]["end-datetime"][:10])
    day += datetime.timedelta(days=1)
    value["date-range"]["end-datetime"] = f"{day}T00:00:00Z"


def ends_swapped(value):
    ends = value["date-range"]
    value["date-range"] = dict(zip(ends, reversed(ends.values())))


# -- the report --

def contact_null(value):
    value["contact-info"] = None


# -- policies --

def policy_domain_absent(value):
    for policy in policies(value, NONE):
        del policy["policy-domain"]


def strings_absent(value):
    for policy in policies(value):
        policy.pop("policy-string", None)
        policy.pop("mx-host", None)


def strings_empty(value):
    for policy in policies(value, NONE):
        policy.update({"policy-string": [], "mx-host": []})


def mx_host_absent(value):
    for policy in policies(value):
        policy.pop("mx-host", None)


def mx_host_text(value):
    for policy in policies(value):
        if len(policy.get("mx-host", ())) == 1:
            policy["mx-host"] = policy["mx-host"][0]


def mx_prefix(value):
    for policy in policies(value):
        if "mx-host" in policy:
            policy["mx-host"] = [f"mx: {h}" for h in policy["mx-host"]]


def tlsa_as_json(value):
    for policy in policies(value, TLSA):
        policy["policy-string"] = [json.dumps(policy["policy-string"],
                                              separators=(",", ":"))]


def lines_without_blank(value):
    for policy in policies(value, STS):
        if "policy-string" in policy:
            policy["policy-string"] = [s.replace(": ", ":")
                                       for s in policy["policy-string"]]


def policy_text(value):
    for policy in policies(value, STS):
        if "policy-string" in policy:
            policy["policy-string"] = "; ".join(policy["policy-string"])


def domain_with_dot(value):
    for policy in policies(value):
        policy["policy-domain"] = policy["policy-domain"].title() + "."


def split_policy(value):
    """Successes here, failures there: their sum is right."""
    whole = value["policies"]
    value["policies"] = []
    for p in whole:
        told = p["summary"]
        if not (told["total-successful-session-count"]
                and told["total-failure-session-count"]):
            value["policies"].append(p)
            continue
        value["policies"] += [
            {"policy": dict(p["policy"]), "summary": {
                **told, "total-failure-session-count": 0}},
            {**p, "summary": {**told, "total-successful-session-count": 0}}]


def unknown_policy(value):
    about = policies(value)[0].get("policy-domain")
    policy = {"policy-type": "invalid-policy-type"}
    if about:
        policy["policy-domain"] = about
    value["policies"].append({"policy": policy, "summary": {
        "total-successful-session-count": 1,
        "total-failure-session-count": 0}})


def type_in_capitals(value):
    for policy in policies(value):
        policy["policy-type"] = policy["policy-type"].upper()


# -- counts --

def failed_total_absent(value):
    for told in summaries(value):
        if told["total-failure-session-count"] == 0:
            del told["total-failure-session-count"]


def total_null(value):
    for told in summaries(value):
        if not told.get("total-failure-session-count"):
            told["total-failure-session-count"] = None


def counts_as_texts(value):
    for counts in summaries(value) + details(value):
        for key, n in counts.items():
            if isinstance(n, int):
                counts[key] = str(n)


# -- failure details --

def details_absent(value):
    for p in value["policies"]:
        if not p.get("failure-details"):
            p.pop("failure-details", None)


def details_empty(value):
    strings_empty(value)


def details_exceed_total(value):
    """Two details of the same sessions."""
    for p in value["policies"]:
        p["failure-details"] += [
            {**d, "failure-reason-code": "bad https response code: 500"}
            for d in p["failure-details"]
            if d["result-type"] == "sts-policy-fetch-error"]


def addresses_empty(value):
    for d in details(value):
        if "sending-mta-ip" in d:
            d["sending-mta-ip"] = ""


def empty_texts(value):
    for d in details(value):
        for key in ("receiving-mx-helo", "additional-information",
                    "failure-reason-code"):
            d.setdefault(key, "")


def nulls(value):
    for d in details(value):
        for key in ("additional-information", "failure-reason-code"):
            d.setdefault(key, None)


def helo_of_lines(value):
    for d in details(value):
        if "receiving-mx-helo" in d:
            d["receiving-mx-helo"] += "\r\n250-PIPELINING\r\n250 8BITMIME"


def misspelt_host(value):
    for d in details(value):
        if "receiving-mx-hostname" in d:
            d["receiving-mx-host-name"] = d.pop("receiving-mx-hostname")


def draft_keys(value):
    """Names of a draft, and placeholders of the schema taken for names."""
    for policy in policies(value):
        if "mx-host" in policy:
            policy["mx-host-pattern"] = policy.pop("mx-host")
    for d in details(value):
        if "failure-reason-code" in d:
            d["failure-error-code"] = d.pop("failure-reason-code")
        d["additional-info-uri"] = "https://oldbox.example/tls"


def count_absent(value):
    for d in details(value):
        if d["failed-session-count"] in (1, "1"):
            del d["failed-session-count"]


def unknown_result(value):
    value["policies"][0].setdefault("failure-details", []).append(
        {"result-type": "quantum-handshake-flux", "failed-session-count": 1})


# In the order in which they change a report: what looks for a type comes before
# what writes it otherwise.
QUIRKS = {f.__name__.replace("_", "-"): f for f in (
    no_zone, offset_for_z, end_next_day, ends_swapped, contact_null,
    strings_absent, details_empty, mx_host_absent, mx_host_text, mx_prefix,
    tlsa_as_json, lines_without_blank, policy_text, domain_with_dot,
    policy_domain_absent, unknown_policy, failed_total_absent, total_null,
    details_exceed_total, addresses_empty, empty_texts, nulls, helo_of_lines,
    misspelt_host, draft_keys, unknown_result, count_absent, counts_as_texts,
    split_policy, details_absent, type_in_capitals)}
