// fixtures.mjs -- what the API answers in the tests: five domains over the last
// 60 days, one story each. The same numbers at each run of a day.

const DAY_MS = 86_400_000;
export const DAYS = 60;
const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;

export function dateOf(ago) {
	return new Date(midnight - ago * DAY_MS).toISOString().slice(0, 10);
}
function timeOf(ago, hour = 4) {
	return new Date(midnight - ago * DAY_MS + hour * 3_600_000)
	    .toISOString().slice(0, 19) + "Z";
}

/* A sum of the name and the day: noise that is the same each time. */
function noise(text) {
	let h = 2166136261;
	for (const c of text) h = Math.imul(h ^ c.codePointAt(0), 16777619) >>> 0;
	return h / 2 ** 32;
}

function levels(authenticated, testing, encrypted, clear, unsent) {
	return { authenticated, testing, encrypted, "cleartext-or-unknown": clear,
		"not-sent": unsent };
}

/* A week has a weekend; ago counts back from today, of which nothing is known. */
function volume(name, base, ago) {
	const weekday = new Date(midnight - ago * DAY_MS).getUTCDay();
	const week = weekday === 0 || weekday === 6 ? 0.35 : 1;
	return Math.round(base * week * (0.85 + 0.3 * noise(name + ago)));
}

const STORIES = {
	// The certificate ran out six days ago and was mended two days later.
	"shop.example": (ago) => {
		const n = volume("shop", 4200, ago);
		const bad = ago >= 5 && ago <= 6 ? Math.round(n * 0.38) : ago === 4
		    ? Math.round(n * 0.02) : 0;
		return levels(n - bad, 0, 0, 0, bad);
	},
	// TLSA records were changed before the key was.
	"dane.example": (ago) => {
		const n = volume("dane", 900, ago);
		const bad = ago === 11 || ago === 12 ? Math.round(n * 0.7) : 0;
		return levels(n - bad, 0, 0, 0, bad);
	},
	// One reporter's path has no STARTTLS since a week; policy in testing.
	"partner.example": (ago) => {
		const n = volume("partner", 1500, ago);
		const clear = ago <= 8 ? Math.round(n * 0.03) + 1 : 0;
		return levels(0, n - clear, 0, clear, 0);
	},
	// No policy at all.
	"news.example.org": (ago) => {
		const n = volume("news", 12800, ago);
		return levels(0, 0, n, ago === 20 ? 40 : 0, 0);
	},
	// Nobody has reported for long.
	"quiet.example.net": (ago) => ago < 41 ? null : levels(0, 0, 3, 0, 0),
};
const WORST = { "shop.example": "certificate-expired",
	"dane.example": "tlsa-invalid", "partner.example": "starttls-not-supported",
	"news.example.org": "validation-failure", "quiet.example.net": null };

function day(domain, ago) {
	if (ago === 0) return null;
	if (domain === "dane.example" && ago % 17 === 0) return null;
	return STORIES[domain]?.(ago) ?? null;
}

function range(query) {
	const to = query.get("to") ?? dateOf(0);
	const from = query.get("from") ??
	    new Date(Date.parse(to) - 29 * DAY_MS).toISOString().slice(0, 10);
	const agos = [];
	for (let ago = 3 * DAYS; ago >= 0; ago--)
		if (dateOf(ago) >= from && dateOf(ago) <= to) agos.push(ago);
	return { from, to, agos };
}

function sum(all) {
	const total = levels(0, 0, 0, 0, 0);
	for (const one of all)
		for (const name of Object.keys(one ?? {})) total[name] += one[name];
	return total;
}
function sessions(of) {
	return Object.values(of).reduce((a, b) => a + b, 0);
}
function failures(of) {
	return of["cleartext-or-unknown"] + of["not-sent"];
}

export function overview(query) {
	const { from, to, agos } = range(query);
	const domains = Object.keys(STORIES)
	    .filter((name) => !query.get("domain") || query.get("domain") === name)
	    .map((domain, i) => {
		const days = agos.map((ago) => day(domain, ago));
		const all = sum(days);
		return { domain, levels: all, sessions: sessions(all),
			failures: failures(all),
			reports: days.filter((one) => one).length * 3,
			reporters: domain === "quiet.example.net" ? 0 : 5 - i,
			"last-report": timeOf(domain === "quiet.example.net" ? 40 : 0),
			worst: failures(all) > 0 ? WORST[domain] : null,
			rank: 1 - i * 0.2, days };
	    });
	return { from, to, dates: agos.map(dateOf), "newest-report": timeOf(0, 1),
		levels: sum(domains.map((one) => one.levels)),
		unauthenticated: levels(0, 0, 180, 0, 7),
		domains,
		trust: { authenticated: 391, unauthenticated: 28, unaligned: 2,
			unsigned: 0, failed: 1, unverifiable: 0, waiting: 3, unreadable: 2,
			foreign: 4, contradicted: 0, duplicate: 6 },
		reporters: reporters() };
}

const MEANINGS = {
	"starttls-stripped-on-path":
	    "A reporter was not offered STARTTLS by your MX hosts.",
	"certificate-expired": "A certificate has expired.",
	"reporter-silent": "A reporter sends no reports any more.",
	"report-flood": "Far more reports come in than usual." };

function finding(i, kind, domain, subject, severity, conclusion, confidence, ago,
    more = {}) {
	return { id: `019a0000-0000-7000-8000-00000000010${i}`, kind,
		meaning: MEANINGS[kind] ?? "", domain, subject, state: "open", severity,
		conclusion, confidence, "first-seen": dateOf(ago + 3),
		"last-seen": dateOf(ago), "opened-at": timeOf(ago + 2), "closed-at": null,
		"muted-until": null, reason: "", ...more };
}
const FINDINGS = [
	finding(1, "starttls-stripped-on-path", "partner.example", "gmx.net",
	    "critical", "path", "high", 1),
	finding(2, "certificate-expired", "shop.example", "mx2.shop.example", "warning",
	    "configuration", "medium", 4, { state: "acknowledged",
		reason: "renewed, wait for the caches" }),
	finding(3, "reporter-silent", "shop.example", "mail.provider.example", "info",
	    "unknown", "low", 2),
	finding(4, "report-flood", "", "", "warning", "reporter", "low", 3,
	    { state: "muted", "muted-until": timeOf(-9, 0) }),
	finding(5, "from-a-later-release", "shop.example", "shop.example", "warning",
	    "configuration", "low", 9, { state: "closed", "closed-at": timeOf(6) }),
];

export function findings(query) {
	const rows = FINDINGS.filter((row) => ["domain", "severity", "conclusion",
		"kind"].every((name) => !query.get(name) || row[name] === query.get(name)))
	    .filter((row) => !query.get("finding-state") ||
	        row.state === query.get("finding-state"));
	return { rows, next: null, "judged-at": new Date().toISOString() };
}

export function findingById(id) {
	const row = FINDINGS.find((one) => one.id === id);
	const seen = { "first-seen": row?.["first-seen"],
		"last-seen": row?.["last-seen"] };
	return row && { ...row, reasoning: "On the path, if others were offered it.",
		"next-step": "Ask whoever runs the network in between.",
		"conclusion-in-words": "likely on the path to your servers",
		evidence: [{ role: "shows", trust: "authenticated", reporter: "gmx.net",
			...seen, failed: 45, "result-type": "starttls-not-supported",
			"receiving-mx-hostname": "mx1.partner.example",
			"receiving-ip": "2001:db8::25", "sending-mta-ip": "192.0.2.30",
			detail: "250-mx1.partner.example",
			"intake-id": "019a0000-0000-7000-8000-000000000016" },
		{ role: "contrast", trust: "unauthenticated", reporter: "google.com",
			...seen, sessions: 7510, failed: 0 }] };
}

function reporters() {
	return [["mail.provider.example", 12, 1, true], ["google.com", 0, 1, false],
		["microsoft.com", 0, 1, false], ["comcast.net", 0, 1, false],
		["gmx.net", 1, 2, false], ["mox.example", 0, 1, false]]
	    .map(([reporter, ago, gap, silent], i) => ({ reporter, silent,
		"last-report": timeOf(ago), reports: 30 * (6 - i), sessions: 90210 >> i,
		"usual-gap-days": gap }));
}

export function days(domain, query) {
	const { agos } = range(query);
	const rows = agos.map((ago) => {
		const one = day(domain, ago);
		return { date: dateOf(ago), levels: one,
			sessions: one && sessions(one), failures: one && failures(one),
			reporters: one && 4,
			unauthenticated: ago === 3 ? levels(0, 0, 60, 0, 7) : null };
	});
	const marks = domain === "shop.example" ? [
		{ date: dateOf(4), kind: "mx",
			text: "sts shop.example: mx1.shop.example\nmx3.shop.example" },
		{ date: dateOf(15), kind: "policy",
			text: "sts shop.example: version: STSv1\nmode: enforce" },
		{ date: dateOf(6), kind: "certificate",
			text: "certificate-expired: first reported" },
		{ date: dateOf(4), kind: "certificate",
			text: "certificate-expired: not reported any more" }] : [];
	return { rows, marks };
}

function group(key, type, n, level, first, last, told = 3,
    trust = "authenticated") {
	return { key, "result-type": type, sessions: n, reports: told * 2,
		reporters: told, "first-seen": dateOf(first), "last-seen": dateOf(last),
		level, trust };
}
export function failureGroups(domain, query) {
	if (query.get("group") === "type") return { next: null, reporters: 4, rows: [
		group("certificate-expired", "certificate-expired", 3021, "not-sent", 6, 4,
		    4),
		group("certificate-expired", "certificate-expired", 7, "not-sent", 3, 3, 1,
		    "unauthenticated"),
		group("starttls-not-supported", "starttls-not-supported", 85,
		    "cleartext-or-unknown", 8, 1, 1),
		group("x-new-type", "x-new-type", 2, "not-sent", 5, 5, 1)]
		.filter((one) => !query.get("level") ||
		    one.level === query.get("level")) };
	if (query.get("group") === "policy") return { next: null, reporters: 4,
		rows: [["enforce", 3021, "not-sent"], ["testing", 85,
		    "cleartext-or-unknown"]].map(([mode, n, level]) => ({
			...group(`sts ${domain}: version: STSv1; mode: ${mode}`,
			    "certificate-expired", n, level, 6, 4),
			"policy-type": "sts", "policy-domain": domain,
			"policy-string": ["version: STSv1", `mode: ${mode}`,
				`mx: mx1.${domain}`, `mx: mx2.${domain}`,
				"max_age: 604800"] })) };
	const keys = { mx: ["mx1.shop.example", "mx2.shop.example", ""],
		"receiving-ip": ["192.0.2.25", "2001:db8::25", "198.51.100.7"],
		reporter: ["google.com", "microsoft.com", "mail.provider.example"],
		"sending-ip": ["203.0.113.4", "203.0.113.9", "2001:db8:a::1"] };
	return { next: null, reporters: 4, rows: (keys[query.get("group")] ?? []).map((key, i) =>
	    group(key, i === 2 ? "starttls-not-supported" : "certificate-expired",
	        [2800, 221, 85][i], i === 2 ? "cleartext-or-unknown" : "not-sent", 6,
	        4, 3 - i)) };
}

export function policies(domain) {
	return { next: null, rows: [
		{ "policy-type": "sts", "policy-domain": domain,
			"policy-string": ["version: STSv1", "mode: enforce",
				`mx: mx1.${domain}`, `mx: mx2.${domain}`, "max_age: 604800"],
			"mx-host": [`mx1.${domain}`, `mx2.${domain}`],
			reporters: ["google.com", "microsoft.com", "comcast.net", "gmx.net"],
			sessions: 98111, failures: 3021, "first-seen": dateOf(15),
			"last-seen": dateOf(1) },
		{ "policy-type": "sts", "policy-domain": domain,
			"policy-string": ["version: STSv1", "mode: testing",
				`mx: mx1.${domain}`, "max_age: 86400"],
			"mx-host": [`mx1.${domain}`], reporters: ["google.com"],
			trust: "unauthenticated", sessions: 22000, failures: 0, "first-seen": dateOf(29),
			"last-seen": dateOf(12) },
		{ "policy-type": "tlsa", "policy-domain": `mx1.${domain}`,
			"policy-string": ["3 1 1 " + "ab12".repeat(16)], "mx-host": [],
			reporters: ["comcast.net"], sessions: 410, failures: 0,
			"first-seen": dateOf(29), "last-seen": dateOf(1) },
		{ "policy-type": "no-policy-found", "policy-domain": null,
			"policy-string": [], "mx-host": [],
			reporters: ["mail.provider.example"], sessions: 85, failures: 85,
			"first-seen": dateOf(8), "last-seen": dateOf(1) }] };
}

export function compare() {
	const both = (s, t) => ({ sts: s, tlsa: t });
	return { next: null, rows: [5, 6, 7, 8].map((ago) => ({ date: dateOf(ago),
		reporter: "comcast.net", ...(ago < 7
		    ? both({ succeeded: 30, failed: 12 }, { succeeded: 42, failed: 0 })
		    : both({ succeeded: 40, failed: 0 }, { succeeded: 40, failed: 0 })) }))
	};
}

export function readiness() {
	return { ready: "no", basis: { days: 29, reporters: 4, sessions: 118240,
		failures: 3106, unreadable: 2, "silent-reporters": 1 },
		reasons: ["3,021 sessions failed, the last of them 4 days ago.",
			"mail.provider.example, which reported each day, is silent."] };
}

const ORGANIZATIONS = [["Google Inc.", "google.com", "lmtp", "authenticated"],
	["Microsoft Corporation", "microsoft.com", "https", "unauthenticated"],
	["Comcast", "comcast.net", "lmtp", "authenticated"],
	["GMX", "gmx.net", "imap", "failed"]];
export const REPORTS = 240;

export function report(i) {
	const [name, reporter, way, verdict] = ORGANIZATIONS[i % 4];
	const ago = 1 + Math.floor(i / 4);
	const bad = verdict === "failed";
	return { id: `019a0000-0000-7000-8000-${String(i).padStart(12, "0")}.0`,
		"received-at": timeOf(ago - 1, 2 + i % 4), way,
		"organization-name": name, reporter,
		"report-id": `${dateOf(ago)}T00:00:00Z+shop.example_${reporter}`,
		"start-datetime": `${dateOf(ago)}T00:00:00Z`,
		"end-datetime": `${dateOf(ago)}T23:59:59Z`,
		domains: ["shop.example"], succeeded: volume(name, 800, ago),
		failed: ago === 5 ? 310 : 0, verdict,
		state: bad ? "untrusted" : i % 11 === 10 ? "duplicate" : "counted",
		deviations: i % 4 === 1 ? ["date-no-zone", "sum-differs"] : [] };
}

export function reports(query) {
	const at = Number(query.get("cursor") ?? 0), n = 50;
	const all = Array.from({ length: REPORTS }, (_, i) => report(i))
	    .filter((one) => !query.get("reporter") ||
	        one.reporter === query.get("reporter"))
	    .filter((one) => !query.get("verdict") ||
	        one.verdict === query.get("verdict"))
	    .filter((one) => !query.get("state") || one.state === query.get("state"));
	return { rows: all.slice(at, at + n),
		next: at + n < all.length ? String(at + n) : null };
}

const NOTES = { "date-no-zone": "a date has no time zone: it is taken as UTC",
	"sum-differs":
	    "the failure details do not add up to the failures of their policy" };

export function reportById(id) {
	const i = Number(/(\d{12})\.0$/.exec(id)?.[1] ?? -1);
	if (!(i >= 0 && i < REPORTS)) return null;
	const row = report(i);
	const [policy] = policies("shop.example").rows;
	return { ...row, "contact-info": `smtp-tls-reporting@${row.reporter}`,
		deviations: row.deviations.map((name) => ({ name, text: NOTES[name] })),
		"trust-reasons": row.verdict === "failed"
		    ? [{ name: "signature-fails", text: "a DKIM signature does not pass" }]
		    : row.verdict === "unauthenticated"
		    ? [{ name: "https", text: "a report by HTTPS has no signature" }] : [],
		peer: "203.0.113.25:40112", sender: row.way === "https" ? null
		    : `noreply@${row.reporter}`,
		recipient: row.way === "https" ? null : "tls-reports@shop.example",
		policies: [{ ...policy, succeeded: row.succeeded, failed: row.failed,
			level: "authenticated", "failure-level": "not-sent",
			failures: 100_000 }],
		like: row.state === "duplicate" ? report(i - 4).id : null,
		reason: null };
}

export const DETAILS = 100_000;
export function details(query) {
	const at = Number(query.get("cursor") ?? 0), n = 100;
	const rows = Array.from({ length: n }, (_, i) => ({ policy: 1,
		"result-type": (at + i) % 3 === 2 ? "validation-failure"
		    : "certificate-expired",
		"sending-mta-ip": `203.0.113.${(at + i) % 254 + 1}`,
		"receiving-mx-hostname": "mx1.shop.example",
		"receiving-mx-helo": i % 5 === 0
		    ? "mx1.shop.example\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n" +
		      "250-8BITMIME\r\n250-ENHANCEDSTATUSCODES" : null,
		"receiving-ip": "192.0.2.25",
		"failed-session-count": i % 7 === 0 ? null : i % 7,
		"additional-information": i === 1 ? "https://support.example/tls/42" : null,
		"failure-reason-code": (at + i) % 3 === 2
		    ? "X509_V_ERR_HOSTNAME_MISMATCH" : null }));
	return { rows, next: at + n < DETAILS ? String(at + n) : null };
}

export const RAW = `{"organization-name":"Google Inc.","date-range":{"start-datetime"` +
    `:"${dateOf(5)}T00:00:00Z","end-datetime":"${dateOf(5)}T23:59:59Z"},"contact-info"` +
    `:"smtp-tls-reporting@google.com","report-id":"x","policies":[{"policy":` +
    `{"policy-type":"sts","policy-string":[]},"summary":` +
    `{"total-successful-session-count":9007199254740993,` +
    `"total-failure-session-count":310}}]}`;

export function outgoingDays(query) {
	return { next: null, rows: range(query).agos.map((ago) => {
		const n = volume("out", 22000, ago);
		const bad = ago === 9 ? 120 : 4;
		return { date: dateOf(ago), "sessions-succeeded": n, "sessions-failed": bad,
			domains: 318 - ago, reports: ago === 0 ? 0 : 318 - ago,
			state: ago === 0 ? "open" : "closed",
			"closed-at": ago === 0 ? null : timeOf(ago - 1, 0),
			"closed-by": ago === 3 ? "grace" : null,
			missing: ago === 3 ? ["mx-out2.example.com"] : [],
			levels: levels(Math.round(n * 0.41), 0, Math.round(n * 0.59),
			    bad - 1, 1) };
	}) };
}

export function outgoingReports(query = new URLSearchParams()) {
	const state = query.get("delivery-state");
	const rows = ["gmail.example", "outlook.example",
		"startup.example", "vanished.example"].map((domain, i) => ({
		"report-id": `${dateOf(1)}_${domain}_7f3a@reports.example.com`,
		date: dateOf(1), domain, succeeded: 8123 >> i, failed: i === 1 ? 12 : 0,
		deliveries: [{ accepted: 2 }, { "handed-over": 1, retrying: 1 },
			{ "given-up": 1 }, { "record-vanished": 1 }][i] }));
	return { next: null, rows: rows.filter((one) => !state ||
	    one.deliveries[state] > 0) };
}

export function outgoingLogs(query = new URLSearchParams()) {
	const told = [["shop.example", "encrypted", "encrypted", 812, 800],
		["shop.example", "cleartext-or-unknown", "none", 3, 0],
		["partner.example", "authenticated", "verified", 120, 120],
		["old.example", "cleartext-or-unknown", "not-told", 7, 0]];
	const rows = told.map(([domain, level, tls, sessions, datagrams]) => ({
		date: dateOf(1), domain, "mx-host": `mx1.${domain}`,
		"receiving-ip": "192.0.2.7", level, tls, sessions,
		"with-datagram": datagrams,
		"in-reports": domain === "old.example" ? 0 : sessions - datagrams }));
	const level = query.get("level");
	return { next: null,
		rows: rows.filter((row) => level === null || row.level === level) };
}

export function outgoingReport(id) {
	const row = outgoingReports().rows.find((one) => one["report-id"] === id);
	return row && { ...row, json: RAW, "file-name": "x.json.gz",
		"built-at": timeOf(0, 0), deliveries: deliveries().rows.slice(0, 2) };
}

export function deliveries(query = new URLSearchParams()) {
	const state = query.get("delivery-state");
	const row = (id, domain, uri, state, reason, attempts, next, answer) =>
	    ({ id, "report-id": `${dateOf(1)}_${domain}_7f3a@reports.example.com`,
		domain, uri, state, reason, attempts, "next-at": next, answer });
	const rows = [
		row(1, "gmail.example", "https://reports.gmail.example/v1/tlsrpt",
		    "accepted", null, 1, null, "201 Created"),
		row(2, "outlook.example", "mailto:tlsrpt@outlook.example", "retrying",
		    "the host cannot be reached", 3, timeOf(0, 20), null),
		row(3, "startup.example", "https://tls.startup.example/report",
		    "given-up", "refused for 24 hours", 9, null, "404 Not Found")];
	return { next: null, rows: rows.filter((one) => !state || one.state === state) };
}

export function collectors() {
	const counters = { received: 812_331, sessions: 811_902, "report-sessions": 12,
		"refused-json": 4, "repaired-utf8": 17, "folded-detail": 0, torn: 0,
		discarded: 0 };
	return { next: null, rows: [
		{ collector: "019a1111-0000-7000-8000-0000000000aa",
			host: "mx-out1.example.com", "seen-at": timeOf(0, 0),
			watermark: timeOf(0, 0), "lag-seconds": 4, counters, forgotten: false },
		{ collector: "019a1111-0000-7000-8000-0000000000bb",
			host: "mx-out2.example.com", "seen-at": timeOf(3),
			watermark: timeOf(3), "lag-seconds": 3 * 86_400 + 1200,
			counters: { ...counters, discarded: 1932 }, forgotten: false }] };
}

export function search(query) {
	const q = query.get("q") ?? "";
	return { next: null, rows: Object.keys(STORIES).filter((name) =>
	    name.includes(q)).map((name) => ({ kind: "domain", text: name,
		link: `#/domain/${name}` })) };
}

export function advice() {
	const row = (type, meaning, causes, next, rfc) => ({ "result-type": type,
		meaning, causes, next, rfc });
	return { next: null, rows: [
		row("certificate-expired", "The certificate that your MX host showed had " +
		    "expired. Senders under an enforced policy do not deliver to it.",
		    ["The renewal did not run.", "The new certificate was fetched, but " +
		    "the mail server was not reloaded."], "Look at the certificate of " +
		    "each MX host that is named here, renew it and reload the server.",
		    "8460 s4.3.1"),
		row("starttls-not-supported", "Your MX host did not offer STARTTLS to this " +
		    "sender.", ["STARTTLS is off on one host.", "A firewall on the way " +
		    "takes it out: then other senders see it."], "Compare what other " +
		    "reporters saw on the same host, and connect to it yourself.",
		    "8460 s4.3.1")] };
}

export function users() {
	return { next: null, rows: [
		{ name: "ada", role: "admin", domains: null, created: timeOf(50),
			"last-login": timeOf(0) },
		{ name: "kim", role: "viewer", domains: ["shop.example"],
			created: timeOf(20), "last-login": null },
		{ name: "sam", role: "analyst", domains: [], created: timeOf(10),
			"last-login": timeOf(2) }] };
}
export function tokens() {
	return { next: null, rows: [{ id: 7, user: "ada", name: "wall screen", scopes: ["read"],
		created: timeOf(20), expires: timeOf(-300), "last-used": timeOf(0) }] };
}
/* Two pages. */
export function audit(query) {
	return query.has("cursor") ? { next: null, rows: [
		{ at: timeOf(2, 9), who: "ada", what: "token-add", target: "wall screen",
			from: "203.0.113.77" }] } : { next: "older/1", rows: [
		{ at: timeOf(0, 7), who: "ada", what: "session-begun", target: null,
			from: "203.0.113.77" },
		{ at: timeOf(1, 9), who: "ada", what: "user-added", target: "kim",
			from: "203.0.113.77" }] };
}

/** An estate in which nothing has happened yet. */
export function emptied(answer) {
	if (Array.isArray(answer.rows)) return { ...answer, rows: [], next: null,
		...("judged-at" in answer ? { "judged-at": null } : {}) };
	return answer.domains ? { ...answer, domains: [], reporters: [],
		levels: levels(0, 0, 0, 0, 0), unauthenticated: null,
		"newest-report": null } : answer;
}
