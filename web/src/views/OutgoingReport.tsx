// views/OutgoingReport.tsx -- one report of ours: where it went, and its text.
import type { JSX } from "preact";
import { count } from "../format";
import { encode, link, type Place } from "../place";
import { prettyJson } from "../pretty";
import { DeliveryBadge } from "../parts/Badge";
import { Shown } from "../parts/Loading";
import { Table } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { Delivery, OutgoingWhole } from "../types";
import { NoReport } from "./Report";

const SHOWN = 100_000; // characters of its text

export function OutgoingReport({ place }: { place: Place }): JSX.Element {
	const report = useResource<OutgoingWhole>(
	    `outgoing/reports/${encode(place.arg)}`);
	const list = link("outgoing", "", { part: "reports" });
	if (report.error?.fault === "absent") return <NoReport list={list} />;
	return <>
		<p class="crumb"><a href={list}>Reports that we made</a></p>
		<Shown of={report}>{(data) => <>
			<div class="said"><h1>Report about {data.domain}, {data.date}</h1>
				<p class="lead">It tells of <strong>{count(data.succeeded)}</strong>{" "}
					sessions that succeeded and{" "}
					<strong>{count(data.failed)}</strong> that failed.</p></div>
			<section class="panel" aria-labelledby="went">
				<h2 id="went">Where it went</h2>
				{data.deliveries.length === 0
				    ? <p class="muted">Nowhere: it is in the folder of reports
					only.</p>
				    : <Went rows={data.deliveries} />}</section>
			<section class="panel" aria-labelledby="text">
				<h2 id="text">Its text</h2>
				<p class="hint"><code>{data["report-id"]}</code></p>
				<pre tabIndex={0} role="region" aria-label="Report as JSON">
					{prettyJson(data.json).slice(0, SHOWN)}</pre></section>
		</>}</Shown>
	</>;
}

function Went({ rows }: { rows: Delivery[] }): JSX.Element {
	return <Table caption="Where it went" rows={rows} keyOf={(row) => row.id} columns={[
		{ head: "To", wide: true, cell: (row) => row.uri },
		{ head: "State", cell: (row) => <><DeliveryBadge name={row.state} />
			{row.reason && <span class="reason">{row.reason}</span>}</> },
		{ head: "Attempts", num: true, cell: (row) => count(row.attempts) },
		{ head: "Next attempt", cell: (row) => row["next-at"] === null
		    ? <span class="muted">none</span> : <Time time={row["next-at"]} /> },
		{ head: "Last answer", cell: (row) => row.answer ?? "" },
	]} />;
}
