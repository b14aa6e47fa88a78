// views/ReportFailures.tsx -- a report's failure details, page by page: there may
// be a hundred thousand.
import type { JSX } from "preact";
import { count, cut } from "../format";
import { encode, type Place } from "../place";
import { Shown } from "../parts/Loading";
import { Pager } from "../parts/Pager";
import { Table } from "../parts/Table";
import { useResource } from "../resource";
import type { FailureDetail, List } from "../types";
import { resultWords } from "../words";

export function ReportFailures({ place, path }: { place: Place; path: string }):
    JSX.Element {
	const cursor = place.query.get("cursor");
	const full = `${path}/failures`;
	const details = useResource<List<FailureDetail>>(full + (cursor === null ? ""
	    : `?cursor=${encode(cursor)}`), 600_000);
	return <section class="panel" aria-labelledby="details">
		<h2 id="details">Failure details</h2>
		<Shown of={details}>{({ rows, next }) => rows.length === 0
		    ? <p class="muted">It has none.</p>
		    : <><Details rows={rows} csv={full} />
			<Pager place={place} next={next} /></>}</Shown>
	</section>;
}

function Details({ rows, csv }: { rows: FailureDetail[]; csv: string }):
    JSX.Element {
	return <Table caption="Failure details" rows={rows} csv={csv} columns={[
		{ head: "Policy", num: true, title: "its number in the list above",
			cell: (row) => row.policy + 1 },
		{ head: "What", wide: true, cell: (row) => <>{resultWords(row["result-type"])}
			{row["failure-reason-code"] && <span class="reason">
				<Long text={row["failure-reason-code"]} /></span>}
			{row["additional-information"] && <span class="reason">
				<Info text={row["additional-information"]} /></span>}</> },
		{ head: "Sessions", num: true, cell: (row) =>
		    count(row["failed-session-count"]) },
		{ head: "Sending IP", cell: (row) => row["sending-mta-ip"] ?? "–" },
		{ head: "MX host", wide: true, cell: (row) => <>{row["receiving-mx-hostname"] ?? "–"}
			{row["receiving-mx-helo"] && <span class="reason">says <Long
				text={row["receiving-mx-helo"]} /></span>}</> },
		{ head: "Receiving IP", cell: (row) => row["receiving-ip"] ?? "–" },
	]} />;
}

/* An EHLO answer may have many lines. */
function Long({ text }: { text: string }): JSX.Element {
	const line = text.replace(/\s+/g, " ");
	return line.length <= 80 ? <>{line}</> : <span title={text}>{cut(line, 80)}</span>;
}

/* Somebody else's address: shown, and a link only where it is a web page. */
function Info({ text }: { text: string }): JSX.Element {
	return /^https?:\/\/[^\s]+$/.test(text)
	    ? <a href={text} rel="noopener noreferrer nofollow" target="_blank">
		{cut(text, 80)}</a>
	    : <Long text={text} />;
}
