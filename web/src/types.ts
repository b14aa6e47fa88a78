// types.ts -- what the API answers, member by member as it comes over the wire.
// A count that was not told is null; a day without a report has no levels.

export type Level = "authenticated" | "testing" | "encrypted" |
    "cleartext-or-unknown" | "not-sent";
export type Levels = Record<Level, number>;

export interface List<Row> { rows: Row[]; next?: string | null }

export type Role = "admin" | "analyst" | "viewer";
export interface Session {
	name: string | null;
	role: Role | null;
	domains: string[] | null;
	csrf: string | null;
	expires: string | null;
	"setup-needed": boolean;
	version: string;
}

export interface OverviewDomain {
	domain: string;
	levels: Levels;
	sessions: number;
	failures: number;
	reports: number;
	reporters: number;
	"last-report": string | null;
	worst: string | null;
	rank: number;
	days: (Levels | null)[];
}
export interface OverviewReporter {
	reporter: string;
	"last-report": string | null;
	reports: number;
	sessions: number;
	"usual-gap-days": number | null;
	silent: boolean;
}
export type TrustCounts = Record<string, number>;
export interface Overview {
	from: string;
	to: string;
	dates: string[];
	"newest-report": string | null;
	levels: Levels;
	unauthenticated?: Levels | null; // never part of levels
	domains: OverviewDomain[];
	"domains-in-all": number;
	trust: TrustCounts;
	reporters: OverviewReporter[];
}

export interface FindingRow {
	id: string;
	kind: string;
	meaning: string;
	domain: string; // empty: of no domain
	subject: string; // a reporter, host or address; may be empty
	state: string;
	severity: string;
	conclusion: string;
	confidence: string;
	"first-seen": string;
	"last-seen": string;
	"opened-at": string | null;
	"closed-at": string | null;
	"muted-until": string | null; // null: for good, if it is muted
	reason: string;
}
export interface Findings extends List<FindingRow> { "judged-at": string | null }
export interface Evidence {
	role: string; // "shows", or "contrast": would have, and has not
	trust?: string;
	reporter?: string;
	"first-seen": string;
	"last-seen": string;
	sessions?: number;
	failed: number;
	"result-type"?: string;
	"receiving-mx-hostname"?: string;
	"receiving-ip"?: string;
	"sending-mta-ip"?: string;
	detail?: string;
	"intake-id"?: string;
}
export interface FindingWhole extends FindingRow {
	reasoning: string;
	"next-step": string;
	"conclusion-in-words": string;
	evidence: Evidence[];
}

export interface DomainRow {
	domain: string;
	added: string | null;
	token: string | null;
	"last-report": string | null;
	sessions: number;
	failures: number;
	levels: Levels | null;
}
export interface DayRow {
	date: string;
	levels: Levels | null;
	unauthenticated?: Levels | null;
	sessions: number | null;
	failures: number | null;
	reporters: number | null;
}
export interface Mark { date: string; kind: string; text: string }
export interface Days extends List<DayRow> { marks?: Mark[] }
export interface FailureGroup {
	key: string;
	"result-type": string | null;
	sessions: number;
	reports: number;
	reporters: number;
	"first-seen": string;
	"last-seen": string;
	level: Level | null; // null: not known yet
	trust?: string;
	/* Of groups by policy: which one the reporters saw. */
	"policy-type"?: string | null;
	"policy-domain"?: string | null;
	"policy-string"?: string[] | null;
}
/* reporters: how many reported on the domain at all. */
export interface FailureGroups extends List<FailureGroup> { reporters?: number }
export interface PolicySeen {
	"policy-type": string;
	"policy-domain": string | null;
	"policy-string": string[];
	"mx-host": string[];
	reporters: string[];
	sessions: number;
	failures: number;
	"first-seen": string;
	"last-seen": string;
	trust?: string;
}
export interface Outcome { succeeded: number | null; failed: number | null }
export interface CompareRow {
	date: string;
	reporter: string;
	sts: Outcome | null;
	tlsa: Outcome | null;
	trust?: string;
}
export interface Readiness {
	ready: "yes" | "no" | "unknown";
	basis: {
		days: number;
		reporters: number;
		sessions: number;
		failures: number;
		unreadable: number;
		"silent-reporters": number;
		enforced?: number; // sessions under enforce
	};
	reasons: string[];
}

export interface ReportRow {
	id: string;
	"received-at": string;
	way: string;
	"organization-name": string | null;
	reporter: string | null;
	"report-id": string | null;
	"start-datetime": string | null;
	"end-datetime": string | null;
	domains: string[];
	succeeded: number | null;
	failed: number | null;
	verdict: string | null;
	state: string;
	deviations: string[];
}
export interface Named { name: string; text: string }
export interface ReportPolicy {
	"policy-type": string;
	"policy-domain": string | null;
	"policy-string": string[];
	"mx-host": string[];
	succeeded: number | null;
	failed: number | null;
	level: Level | null; // of those that succeeded
	"failure-level"?: Level | null;
	failures: number;
}
export interface Report extends Omit<ReportRow, "deviations"> {
	"contact-info": string | null;
	"trust-reasons": Named[];
	deviations: Named[];
	peer: string | null;
	sender: string | null;
	recipient: string | null;
	policies: ReportPolicy[];
	like: string | null;
	reason: string | null;
}
export interface FailureDetail {
	policy: number;
	"result-type": string;
	"sending-mta-ip": string | null;
	"receiving-mx-hostname": string | null;
	"receiving-mx-helo": string | null;
	"receiving-ip": string | null;
	"failed-session-count": number | null;
	"additional-information": string | null;
	"failure-reason-code": string | null;
}

export interface OutgoingDay {
	date: string;
	"sessions-succeeded": number;
	"sessions-failed": number;
	domains: number;
	reports: number;
	state: "open" | "closed";
	"closed-at": string | null;
	"closed-by": string | null;
	missing: string[];
	levels?: Levels | null; // not every service tells them
}
export interface LogRow {
	date: string;
	domain: string;
	"mx-host": string | null;
	"receiving-ip": string | null;
	level: string;
	tls: string;
	sessions: number;
	"with-datagram": number;
	"in-reports": number;
}
export interface OutgoingReport {
	"report-id": string;
	date: string;
	domain: string;
	succeeded: number | null;
	failed: number | null;
	deliveries: Record<string, number>;
}
export interface Delivery {
	id: string | number;
	"report-id": string;
	domain: string;
	uri: string;
	state: string;
	reason: string | null;
	attempts: number;
	"next-at": string | null;
	answer: string | null;
}
export interface OutgoingWhole extends Omit<OutgoingReport, "deliveries"> {
	json: string;
	deliveries: Delivery[];
}
export interface Collector {
	collector: string;
	host: string | null;
	"seen-at": string | null;
	watermark: string | null;
	"lag-seconds": number | null;
	counters: Record<string, number>;
	forgotten: boolean;
}

export interface SearchRow { kind: string; text: string; link: string }
export interface Advice {
	"result-type": string;
	meaning: string;
	causes: string[];
	next: string;
	rfc: string;
}

export interface User {
	name: string;
	role: Role;
	domains: string[] | null;
	created?: string | null;
	"last-login"?: string | null;
}
export interface Token {
	id: string | number;
	user?: string;
	name: string;
	scopes: string[];
	created?: string | null;
	expires: string | null;
	"last-used"?: string | null;
}
export interface AuditRow {
	at: string;
	who: string | null;
	what: string;
	target?: string | null;
	from?: string | null;
}
