// text.test.ts -- addresses, JSON as it came, records to paste, words.
import { expect, test } from "vitest";
import { csvOf } from "../src/api";
import { isDomain, list, postfixLines, rua, stsPolicy, stsRecord,
	tlsrptRecord } from "../src/dns";
import { about, confidenceWords, findingMarks, judging, kindWords, severityWords,
	tally, title } from "../src/findings";
import { apiQuery, encode, firstDay, link, linkTo, linkWith, parse, rangeOf }
    from "../src/place";
import { prettyJson } from "../src/pretty";
import { backoff } from "../src/resource";
import { deliveryWords, levelWords, markWords, resultWords, trustWords }
    from "../src/words";
import { findingsSince } from "../src/views/DomainFindings";
import { differ } from "../src/views/DomainCompare";
import { spread } from "../src/views/DomainFailures";
import { lastDay } from "../src/views/Overview";
import { domainsOf } from "../src/views/UserForms";
import type { FindingRow, Levels, OverviewDomain } from "../src/types";

test("an address is a view, what it is about, and its query", () => {
	const place = parse("#/domain/a%2Fb.example?from=2026-11-01&by=mx");
	expect(place.view).toBe("domain");
	expect(place.arg).toBe("a/b.example");
	expect(place.query.get("from")).toBe("2026-11-01");
	expect(parse("").view).toBe("overview");
	expect(parse("#/domain/%zz").arg).toBe("%zz");
});

test("a table to download is the whole list, not the page that is shown", () => {
	expect(csvOf("audit")).toBe("audit?format=csv");
	expect(csvOf("audit?cursor=MTA")).toBe("audit?format=csv");
	expect(csvOf("reports?trust=all&cursor=MTA&mx=a.example"))
	    .toBe("reports?trust=all&mx=a.example&format=csv");
});

test("links keep what follows, and only that", () => {
	const place = parse("#/overview?from=2026-11-01&table=map&cursor=5&mx=a");
	expect(linkTo(place, "domain", "x.example"))
	    .toBe("#/domain/x.example?from=2026-11-01");
	expect(linkWith(place, { mx: null, trust: "all" }))
	    .toBe("#/overview?from=2026-11-01&table=map&trust=all");
	expect(apiQuery(place, "sessions", { group: "mx" }))
	    .toBe("?from=2026-11-01&mx=a&group=mx");
	expect(apiQuery(place, "deliveries", { cursor: "5" })).toBe("?cursor=5");
	expect(link("report", "id/1", { a: "b c" })).toBe("#/report/id%2F1?a=b+c");
});

test("the last days end today, whatever day that is", () => {
	const now = Date.UTC(2026, 10, 22, 23, 59);
	expect(firstDay(new URLSearchParams("days=7"), now)).toBe("2026-11-16");
	for (const days of ["", "days=0", "days=x", "days=1.5", "days=99999"])
		expect(firstDay(new URLSearchParams(days), now)).toBeNull();
});

test("half a surrogate pair is no exception", () => {
	expect(encode("a\ud800b")).toBe("a%EF%BF%BDb");
	expect(encode("\udc00")).toBe("%EF%BF%BD");
	expect(encode("😀")).toBe("%F0%9F%98%80");
});

test("JSON keeps its numbers, doubles and order", () => {
	expect(prettyJson('{"b":9007199254740993,"b":[],"a":[1,{"c":"x{,}\\""}]}'))
	    .toBe('{\n  "b": 9007199254740993,\n  "b": [],\n  "a": [\n    1,\n    {\n' +
	        '      "c": "x{,}\\""\n    }\n  ]\n}');
});

test("what is not JSON loses nothing but white space", () => {
	const text = '{"a":}}]] "open';
	expect(prettyJson(text).replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
	expect(prettyJson("")).toBe("");
});

test("retries come ever more slowly, to a minute", () => {
	expect([1, 2, 3, 4, 5, 6, 7].map(backoff))
	    .toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

/* RFC 8460 s3: mailto or https; "," ";" "!" in a URI are percent-encoded. */
test("destinations are made into URIs, or told", () => {
	expect(rua("tls@example.com").uri).toBe("mailto:tls@example.com");
	expect(rua("mailto:a!b@example.com").uri).toBe("mailto:a%21b@example.com");
	expect(rua("https://example.com/a,b;c")).toEqual(
	    { uri: "https://example.com/a%2Cb%3Bc", fault: null });
	expect(rua("http://example.com/").fault).toMatch(/only https/);
	expect(rua("example.com").fault).toMatch(/Neither/);
});

test("records as in a zone file", () => {
	expect(tlsrptRecord("example.com", ["mailto:a@b.example", "https://c.example/"]))
	    .toBe('_smtp._tls.example.com. IN TXT "v=TLSRPTv1; ' +
	        'rua=mailto:a@b.example,https://c.example/"');
	expect(stsRecord("example.com", Date.UTC(2026, 10, 22, 8, 5, 9)))
	    .toBe('_mta-sts.example.com. IN TXT "v=STSv1; id=20261122080509"');
	expect(stsPolicy(["mx1.example.com", "*.example.net"], "testing")).toBe(
	    "version: STSv1\nmode: testing\nmx: mx1.example.com\nmx: *.example.net\n" +
	    "max_age: 604800");
});

test("a chrooted Postfix is given a relative name", () => {
	expect(postfixLines(true)).toContain(
	    "smtp_tlsrpt_socket_name = tlsrpt/tlsrpt.sock");
	expect(postfixLines(false)).toContain("= /run/tlsrptd/tlsrpt.sock");
});

test("domain names and lists", () => {
	expect(["example.com", "xn--bcher-kva.example", "a.b.c.example"].map(isDomain))
	    .toEqual([true, true, true]);
	expect(["example", "-a.example", "a..example", "bücher.example",
		"a b.example", ""].map(isDomain)).toEqual(Array(6).fill(false));
	expect(list(" a, b\tc,,")).toEqual(["a", "b", "c"]);
});

test("unknown words stay what they are", () => {
	expect(resultWords("certificate-expired")).toBe("The certificate has expired");
	expect(resultWords("__proto__")).toBe("__proto__");
	expect(trustWords("constructor").label).toBe("constructor");
	expect(deliveryWords("accepted").good).toBe(true);
});

test("MTA-STS and DANE differ where one fails alone", () => {
	const row = (sts: [number, number] | null, tlsa: [number, number] | null) =>
	    ({ date: "2020-01-01", reporter: "a",
		sts: sts && { succeeded: sts[0], failed: sts[1] },
		tlsa: tlsa && { succeeded: tlsa[0], failed: tlsa[1] } });
	expect(differ(row([5, 0], [3, 2]))).toBe(true);
	expect(differ(row([5, 1], [3, 2]))).toBe(false);
	expect(differ(row([5, 0], [5, 0]))).toBe(false);
	expect(differ(row([5, 1], null))).toBe(false);
});

test("a mark is told in words, and what it does not know as it stands", () => {
	expect(markWords("certificate", "certificate-expired: first reported"))
	    .toBe("The certificate has expired: first reported");
	expect(markWords("policy", "sts a.example: version: STSv1\nmode: testing"))
	    .toBe("Another policy, MTA-STS of a.example: version: STSv1; mode: testing");
	expect(markWords("mx", "sts a.example: mx1\nmx2"))
	    .toBe("Other MX hosts, MTA-STS of a.example: mx1; mx2");
	expect(markWords("policy", "no colon")).toBe("no colon");
	expect(markWords("certificate", "__proto__: x")).toBe("__proto__: x");
});

test("who else sees a failure", () => {
	expect(spread(1, 2)).toBeNull(); // too few to tell
	expect(spread(1, undefined)).toBeNull();
	expect(spread(2, 5)).toBeNull();
	expect(spread(5, 5)).toMatch(/^All 5 .*your own servers/);
	expect(spread(1, 5)).toMatch(/^Only one of 5 .*the path/);
});

test("all domains are seen only by who is given all", () => {
	expect(domainsOf({ sees: "all", domains: "a.example" })).toBeNull();
	expect(domainsOf({ sees: "some", domains: "a.example, b.example" }))
	    .toEqual(["a.example", "b.example"]);
	expect(domainsOf({ sees: "some", domains: " " })).toEqual([]);
	expect(domainsOf({ sees: "some" })).toEqual([]); // a disabled field
	expect(domainsOf({ sees: "some", domains: "a.example", role: "admin" }))
	    .toBeNull();
});

test("a range is told in days, from the address or as it is usual", () => {
	const now = Date.parse("2026-11-22T08:00:00Z");
	const of = (query: string): object =>
	    rangeOf(new URLSearchParams(query), now);
	expect(of("")).toEqual({ from: "2026-10-24", to: "2026-11-22" });
	expect(of("days=7")).toEqual({ from: "2026-11-16", to: "2026-11-22" });
	expect(of("to=2026-03-01")).toEqual({ from: "2026-01-31", to: "2026-03-01" });
});

test("a link takes a filter away that the other view must not have", () => {
	expect(linkTo(parse("#/overview?trust=authenticated&days=7"), "reports", "",
	    { trust: "", state: "foreign" })).toBe("#/reports?days=7&state=foreign");
});

test("levels in words", () => {
	expect(levelWords("not-sent").label).toBe("Not sent");
	expect(levelWords(null).label).toBe("Not known yet");
	expect(levelWords("toString").label).toBe("toString");
});

function finding(more: Partial<FindingRow>): FindingRow {
	return { id: "1", kind: "foreign-mx", meaning: "A reporter came elsewhere.",
		domain: "a.example", subject: "", state: "open", severity: "critical",
		conclusion: "path", confidence: "high", "first-seen": "2026-11-01",
		"last-seen": "2026-11-03", "opened-at": null, "closed-at": null,
		"muted-until": null, reason: "", ...more };
}

test("findings are counted in words, the gravest first", () => {
	const rows = [finding({ severity: "info", conclusion: "unknown" }),
		finding({ severity: "warning", conclusion: "configuration" }),
		finding({ severity: "warning", conclusion: "odd" }), finding({})];
	expect(tally(rows, "severity")).toBe("1 critical, 2 warnings, 1 note");
	expect(tally(rows, "conclusion")).toBe("1 likely on the path, " +
	    "1 likely your configuration, 1 cannot tell, 1 odd");
	expect(tally([], "severity")).toBe("");
});

test("a finding is named by what it means, or by its kind", () => {
	expect(title(finding({}))).toBe("A reporter came elsewhere");
	expect(title(finding({ meaning: "" }))).toBe("Foreign MX host");
	expect(title(finding({ meaning: "", kind: "__proto__" }))).toBe("__proto__");
	expect(about(finding({ subject: "a.example" }))).toBe("");
	expect(about(finding({ subject: "mx.e.example" }))).toBe("mx.e.example");
	expect(about(finding({ kind: "enforce-failures", subject: "testing" })))
	    .toBe("mode testing");
	expect(about(finding({ kind: "enforce-failures", subject: "enforce" })))
	    .toBe("");
	expect(title(finding({ kind: "enforce-failures", subject: "enforce" })))
	    .toMatch(/^Mail was held back/);
	expect(severityWords("constructor").label).toBe("constructor");
	expect(kindWords("x")).toBe("x");
	expect(confidenceWords("constructor")).toBe("");
});

test("the last day with a failure is that of any domain", () => {
	const day = (n: number): Levels => ({ authenticated: 1, testing: 0,
		encrypted: 0, "cleartext-or-unknown": 0, "not-sent": n });
	const data = { dates: ["2026-11-20", "2026-11-21", "2026-11-22"],
		"domains-in-all": 2, domains: [{ days: [day(3), null, day(0)] },
			{ days: [null, day(1), null] }] as OverviewDomain[] };
	expect(lastDay(data, "not-sent")).toBe("2026-11-21");
	expect(lastDay(data, "cleartext-or-unknown")).toBe(null);
	expect(lastDay({ ...data, "domains-in-all": 3 }, "not-sent")).toBe(null);
});

test("nothing found says something only where it was judged lately", () => {
	const now = Date.parse("2026-11-22T12:00:00Z");
	expect(judging(null, now)).toBe("never");
	expect(judging("2026-11-22T09:00:00Z", now)).toBe("usual");
	expect(judging("2026-11-22T08:59:59Z", now)).toBe("late");
});

test("a day on which findings begin has one mark", () => {
	const rows = [finding({}), finding({ id: "2" }),
		finding({ id: "3", meaning: "Other." }),
		finding({ id: "4", "first-seen": "2026-11-09" })];
	expect(findingMarks(rows)).toEqual([
		{ date: "2026-11-01", kind: "finding",
			text: "Finding: A reporter came elsewhere; Other" },
		{ date: "2026-11-09", kind: "finding",
			text: "Finding: A reporter came elsewhere" }]);
	expect(markWords("finding", "Finding: a: b")).toBe("Finding: a: b");
	expect(findingsSince([finding({}), finding({ state: "closed" })], "2026-11-04"))
	    .toHaveLength(1);
	expect(findingsSince([finding({ state: "closed" })], "2026-11-03"))
	    .toHaveLength(1);
});
