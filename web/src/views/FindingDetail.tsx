// views/FindingDetail.tsx -- what a finding rests on: who shows it, who would have
// met it and did not; and what to do next.
import type { JSX } from "preact";
import { confidenceWords } from "../findings";
import { count, cut } from "../format";
import { encode, link } from "../place";
import { TrustBadge } from "../parts/Badge";
import { Shown } from "../parts/Loading";
import { Table, type Column } from "../parts/Table";
import { useResource } from "../resource";
import type { Evidence, FindingRow, FindingWhole } from "../types";
import { resultWords } from "../words";

/** Of one in a list, asked for when somebody wants to see it. */
export function AskedDetail({ row }: { row: FindingRow }): JSX.Element {
	const whole = useResource<FindingWhole>(`findings/${encode(row.id)}`);
	return <Shown of={whole}>{(data) => <FindingDetail data={data} level="h4" />}
	</Shown>;
}

type Level = "h2" | "h4"; // of its headings

export function FindingDetail({ data, level: Head }: { data: FindingWhole;
    level: Level }): JSX.Element {
	return <div class="finding-detail">
		{data["next-step"] && <><Head class="detail-head">What to do next</Head>
			<p class="next-step">{data["next-step"]}</p></>}
		<Head class="detail-head">What it is likely due to</Head>
		<p class="next-step">{sentence(data["conclusion-in-words"])} Confidence{" "}
			{data.confidence}: {confidenceWords(data.confidence)}.{" "}
			<span class="muted">How such a finding is judged:{" "}
				{data.reasoning}</span></p>
		<Rows level={Head} heading="What shows it" domain={data.domain}
		    rows={data.evidence.filter((one) => one.role !== "contrast")} />
		<Rows level={Head} heading="Who would have met it, and did not"
		    domain={data.domain} rows={data.evidence.filter((one) => one.role === "contrast")} />
	</div>;
}

function sentence(text: string): string {
	return text === "" ? "" : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function Rows({ level: Head, heading, rows, domain }: { level: Level;
    heading: string; rows: Evidence[]; domain: string }): JSX.Element | null {
	if (rows.length === 0) return null;
	return <><Head class="detail-head">{heading}</Head>
		<Table caption={heading} rows={rows} columns={columns(rows, domain)} /></>;
}

/* A column that no row has anything for is left out. */
function columns(rows: Evidence[], domain: string): Column<Evidence>[] {
	const any = (...names: (keyof Evidence)[]): boolean =>
	    rows.some((row) => names.some((name) => row[name] !== undefined));
	return [
		{ head: "Reporter", wide: true, cell: (row) => <Who row={row}
		    domain={domain} /> },
		{ head: "Days (UTC)", cell: (row) => days(row) },
		...(any("sessions") ? [{ head: "Sessions", num: true,
			cell: (row: Evidence) => row.sessions === undefined ? ""
			    : count(row.sessions) }] : []),
		{ head: "Failed", num: true, cell: (row) => count(row.failed) },
		...(any("result-type", "detail") ? [{ head: "What was told", wide: true,
			cell: (row: Evidence) => <Told row={row} /> }] : []),
		...(any("receiving-mx-hostname", "receiving-ip") ? [{ head: "At",
			wide: true, cell: (row: Evidence) => <>
				{row["receiving-mx-hostname"]}
				{row["receiving-ip"] && <span class="reason">
					{row["receiving-ip"]}</span>}</> }] : []),
		...(any("sending-mta-ip") ? [{ head: "From",
			cell: (row: Evidence) => row["sending-mta-ip"] ?? "" }] : []),
		{ head: "Trust", cell: (row) => row.trust
		    ? <TrustBadge name={row.trust} /> : "" },
	];
}

function days(row: Evidence): string {
	return row["first-seen"] === row["last-seen"] ? row["first-seen"]
	    : `${row["first-seen"]} to ${row["last-seen"]}`;
}

/* Its reports of those days, and one of them that tells of it. */
function Who({ row, domain }: { row: Evidence; domain: string }): JSX.Element {
	const range = { from: row["first-seen"], to: row["last-seen"],
		...(domain === "" ? {} : { domain }) };
	return <>
		{row.reporter ? <a href={link("reports", "", { ...range,
			reporter: row.reporter })}>{row.reporter}</a>
		    : <a href={link("reports", "", range)}>Reports of these days</a>}
		{row["intake-id"] && <span class="reason"><a href={link("report",
			`${row["intake-id"]}.0`)}>a report of it</a></span>}</>;
}

function Told({ row }: { row: Evidence }): JSX.Element {
	return <>{row["result-type"] && resultWords(row["result-type"])}
		{row.detail && <span class="reason policy-text" title={row.detail}>
			{cut(row.detail, 160)}</span>}</>;
}
