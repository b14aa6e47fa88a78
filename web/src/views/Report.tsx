// views/Report.tsx -- one received report in words: what it says, whether to
// believe it, how it came, what is odd about it, and its bytes.
import type { ComponentChildren, JSX } from "preact";
import { count, plural } from "../format";
import { encode, link, type Place } from "../place";
import { TrustBadge } from "../parts/Badge";
import { Empty } from "../parts/Empty";
import { Shown } from "../parts/Loading";
import { CsvLink } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { Level, Named, Report as Data, ReportPolicy } from "../types";
import { levelWords, policyWords, trustWords, wayWords } from "../words";
import { PolicyText } from "./DomainPolicies";
import { ReportFailures } from "./ReportFailures";
import { ReportRaw } from "./ReportRaw";
import { days } from "./Reports";

export function Report({ place }: { place: Place }): JSX.Element {
	const path = `reports/${encode(place.arg)}`;
	const report = useResource<Data>(path, 600_000);
	if (report.error?.fault === "absent")
		return <NoReport list={link("reports")} />;
	return <>
		<p class="crumb"><a href={link("reports")}>Reports</a></p>
		<Shown of={report}>{(data) => <>
			<Said report={data} />
			<div class="columns halves last">
				<Believed report={data} />
				<Path report={data} />
			</div>
			<Policies policies={data.policies} id={data.id} />
			<ReportFailures place={place} path={path} />
			<ReportRaw path={path} />
		</>}</Shown>
	</>;
}

/** list: where those are that there are. */
export function NoReport({ list }: { list: string }): JSX.Element {
	return <>
		<div class="view-head"><h1>Report</h1></div>
		<Empty title="There is no such report that you can see.">
			<p>It may be past its time, or about domains of others: <a href={list}>all
			reports</a>.</p></Empty>
	</>;
}

function Said({ report }: { report: Data }): JSX.Element {
	const who = report["organization-name"] ?? report.reporter ?? "Somebody";
	return <div class="said">
		<h1>{who}, {days(report, (date) => date)}</h1>
		{report.state === "unreadable"
		    ? <p class="lead">No TLS report could be read from what came.{" "}
			{report.reason}</p>
		    : <p class="lead"><strong>{who}</strong> tells of sessions to{" "}
			<Domains names={report.domains} />:{" "}
			<strong>{count(report.succeeded)}</strong> succeeded and{" "}
			<strong class={(report.failed ?? 0) > 0 ? "unsent" : ""}>
				{count(report.failed)}</strong> failed.</p>}
	</div>;
}

function Domains({ names }: { names: string[] }): JSX.Element {
	if (names.length === 0) return <>no domain</>;
	return <>{names.slice(0, 5).map((name, i) => <>{i > 0 && ", "}
		<a key={name} href={link("domain", name)}>{name}</a></>)}
		{names.length > 5 && ` and ${plural(names.length - 5, "other")}`}</>;
}

function Believed({ report }: { report: Data }): JSX.Element {
	return <section class="panel" aria-labelledby="believed">
		<h2 id="believed">Can it be believed?</h2>
		<p class="verdicts"><TrustBadge name={report.state} />{" "}
			{trustWords(report.state).text}</p>
		{report.verdict !== null && <p class="verdicts">
			<TrustBadge name={report.verdict} />{" "}
			{trustWords(report.verdict).text}</p>}
		{report.reason && report.state !== "unreadable" && <p>{report.reason}</p>}
		{report.like && <p><a href={link("report", report.like)}>The report that it
			is like</a></p>}
		<Reasons title="Why" of={report["trust-reasons"]} />
		<Reasons title="How it deviates from RFC 8460" of={report.deviations} />
	</section>;
}

function Reasons({ title, of }: { title: string; of: Named[] }):
    JSX.Element | null {
	if (of.length === 0) return null;
	return <><h3>{title}</h3><ul class="reasons">{of.map((one) =>
		<li key={one.name} title={one.name}>{one.text || one.name}</li>)}</ul></>;
}

function Path({ report }: { report: Data }): JSX.Element {
	return <section class="panel" aria-labelledby="path">
		<h2 id="path">How it came</h2>
		<dl class="facts">
			<Fact name="Received"><Time time={report["received-at"]} /></Fact>
			<Fact name="By">{wayWords(report.way)}</Fact>
			<Fact name="From the address">{report.peer}</Fact>
			<Fact name="Sender">{report.sender}</Fact>
			<Fact name="Recipient">{report.recipient}</Fact>
			<Fact name="Contact">{report["contact-info"]}</Fact>
			<Fact name="Report ID">{report["report-id"]}</Fact>
			<Fact name="Range">{report["start-datetime"] && <>
				<Time time={report["start-datetime"]} /> –{" "}
				<Time time={report["end-datetime"]} /></>}</Fact>
		</dl>
	</section>;
}

function Fact({ name, children }: { name: string; children: ComponentChildren }):
    JSX.Element | null {
	return children ? <><dt>{name}</dt><dd>{children}</dd></> : null;
}

function Policies({ policies, id }: { policies: ReportPolicy[]; id: string }):
    JSX.Element | null {
	if (policies.length === 0) return null;
	return <section class="panel" aria-labelledby="policies">
		<h2 id="policies">What it says of each policy</h2>
		<ol class="plain lines">{policies.map((policy, i) => <li key={i}>
			<p><strong>{i + 1}. {policyWords(policy["policy-type"])}</strong>
				{policy["policy-domain"] && ` of ${policy["policy-domain"]}`}:{" "}
				<Sum n={policy.succeeded} what="succeeded" level={policy.level} />,{" "}
				<Sum n={policy.failed} what="failed"
				    level={policy["failure-level"] ?? null} /></p>
			<PolicyText policy={policy} /></li>)}</ol>
		<CsvLink path={`reports/${encode(id)}/policies`} what="policies" />
	</section>;
}

/* What so many sessions were, or what their failure did. */
function Sum({ n, what, level }: { n: number | null; what: string;
    level: Level | null }): JSX.Element {
	return <>{count(n)} {what}{n !== null && n > 0 && level !== null &&
	    <span class="muted" title={levelWords(level).text}> ({levelWords(level)
		.label})</span>}</>;
}
