// views/Reports.tsx -- the reports that came, all of them: those that do not
// count, too.
import type { JSX } from "preact";
import { count, dayLabel, plural } from "../format";
import { apiQuery, link, type Place } from "../place";
import { TrustBadge } from "../parts/Badge";
import { Empty } from "../parts/Empty";
import { Filters } from "../parts/Filters";
import { Shown } from "../parts/Loading";
import { Pager } from "../parts/Pager";
import { Table } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { List, ReportRow } from "../types";
import { wayWords } from "../words";

export function Reports({ place }: { place: Place }): JSX.Element {
	const more: Record<string, string> = { trust: "all" };
	const cursor = place.query.get("cursor");
	if (cursor) more.cursor = cursor;
	const path = `reports${apiQuery(place, "reports", more)}`;
	const reports = useResource<List<ReportRow>>(path);
	return <>
		<div class="view-head"><h1>Reports received</h1></div>
		<Filters place={place} trust={false} fields={["domain", "reporter",
			"verdict", "state"]} more={["level", "result-type", "mx",
			"receiving-ip", "sending-ip"]} />
		<Shown of={reports}>{({ rows, next }) => rows.length === 0
		    ? <NoReports place={place} />
		    : <section class="panel"><ReportTable rows={rows} path={path} />
			<Pager place={place} next={next} /></section>}</Shown>
	</>;
}

function ReportTable({ rows, path }: { rows: ReportRow[]; path: string }):
    JSX.Element {
	return <Table caption="Reports received" rows={rows} csv={path}
	    keyOf={(row) => row.id} columns={[
		{ head: "Received", cell: (row) => <a href={link("report", row.id)}>
			<Time time={row["received-at"]} /></a> },
		{ head: "From", cell: (row) => <>{row["organization-name"] ??
		    row.reporter ?? <span class="muted">not told</span>}
			{row.reporter !== null && row.reporter !== row["organization-name"] &&
			    <span class="reason">{row.reporter}</span>}</> },
		{ head: "About", cell: (row) => <>{row.domains.slice(0, 3).join(", ")}
			{row.domains.length > 3 && ` and ${plural(row.domains.length - 3,
			    "other")}`}</> },
		{ head: "Day", cell: (row) => days(row) },
		{ head: "Succeeded", num: true, cell: (row) => count(row.succeeded) },
		{ head: "Failed", num: true, cell: (row) =>
		    <span class={(row.failed ?? 0) > 0 ? "unsent" : ""}>
			{count(row.failed)}</span> },
		{ head: "Way", cell: (row) => wayWords(row.way) },
		{ head: "Verdict", cell: (row) => row.verdict === null ? ""
		    : <TrustBadge name={row.verdict} /> },
		{ head: "State", cell: (row) => <TrustBadge name={row.state} /> },
		{ head: "Oddities", num: true, title: "how it deviates from RFC 8460",
			cell: (row) => row.deviations.length === 0 ? ""
			    : <span title={row.deviations.join(", ")}>
				{count(row.deviations.length)}</span> },
	]} />;
}

/** The range of a report as its first and last day. */
export function days(row: Pick<ReportRow, "start-datetime" | "end-datetime">,
    show = dayLabel): string {
	const start = row["start-datetime"]?.slice(0, 10);
	const end = row["end-datetime"]?.slice(0, 10);
	if (!start) return "not told";
	return !end || end === start ? show(start) : `${show(start)} – ${show(end)}`;
}

function NoReports({ place }: { place: Place }): JSX.Element {
	return <Empty title="No report in this range.">
		<p>{place.query.toString() === ""
		    ? <>Nothing has come yet. Reporters send once a day, to the address in
			your TXT record: <a href={link("setup-dns")}>check what it should
			say</a>. Reports that you have as files: <code>tlsrpt import
			FILE</code>.</>
		    : <>Take filters away or choose a longer range: <a
			href={link("reports")}>all reports of the last 30 days</a>.</>}</p>
	</Empty>;
}
