// views/DomainFailures.tsx -- what failed: by type in plain words with cause and
// next step, and by machine, network and reporter.
import type { JSX } from "preact";
import { Bar } from "../charts/Bars";
import { count, plural } from "../format";
import { linkWith, type Filter, type Place } from "../place";
import { Empty } from "../parts/Empty";
import { Shown } from "../parts/Loading";
import { CsvLink, Table } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { Advice, FailureGroup, List } from "../types";
import { LEVEL_WORDS, resultWords } from "../words";

/* The group's name in the API, its tab, its column, the filter that it sets. */
const GROUPS: [string, string, string, Filter][] = [
	["type", "By type", "Type", "result-type"],
	["mx", "By MX host", "MX host", "mx"],
	["receiving-ip", "By receiving IP", "Receiving IP", "receiving-ip"],
	["reporter", "By reporter", "Reporter", "reporter"],
	["sending-ip", "By sending IP", "Sending IP", "sending-ip"],
];

interface Props { place: Place; path: string; query: string }

export function Failures({ place, path, query }: Props): JSX.Element {
	const by = GROUPS.find(([key]) => key === place.query.get("by")) ?? GROUPS[0]!;
	const [group, , label, filter] = by;
	const full = `${path}/failures${query}${query ? "&" : "?"}group=${group}`;
	const groups = useResource<List<FailureGroup>>(full);
	return <section class="panel" aria-labelledby="failures">
		<h2 id="failures">What failed</h2>
		<nav class="tabs" aria-label="Failures by">{GROUPS.map(([key, tab]) =>
			<a key={key} aria-current={key === group ? "true" : undefined}
			    href={linkWith(place, { by: key === "type" ? null : key })}>
				{tab}</a>)}</nav>
		<Shown of={groups}>{({ rows }) => rows.length === 0
		    ? <Empty title="No failure was reported." />
		    : group === "type" ? <ByType rows={rows} place={place} csv={full} />
		    : <ByKey rows={rows} label={label} filter={filter} place={place}
		        csv={full} />}</Shown>
	</section>;
}

function ByType({ rows, place, csv }: { rows: FailureGroup[]; place: Place;
    csv: string }): JSX.Element {
	const advice = useResource<List<Advice>>("advice", 3_600_000);
	const max = Math.max(...rows.map((row) => row.sessions));
	return <>
		<ul class="plain failures">{rows.map((row) => <li key={row.key + row.level}>
			<div class="failure-head">
				<h3><a href={linkWith(place, { "result-type": typeOf(row) })}>
					{resultWords(typeOf(row))}</a></h3>
				<Bar n={row.sessions} max={max} kind={row.level} unit="sessions" />
			</div>
			<p class="muted">{LEVEL_WORDS[row.level]?.label ?? row.level};{" "}
				<code>{typeOf(row)}</code>; told by {plural(row.reporters,
				    "reporter")} in {plural(row.reports, "report")}; first{" "}
				<Time time={row["first-seen"]} />, last{" "}
				<Time time={row["last-seen"]} /></p>
			<Advised of={advice.data?.rows.find((one) =>
			    one["result-type"] === typeOf(row))} />
		</li>)}</ul>
		<CsvLink path={csv} what="failures by type" />
	</>;
}

function typeOf(row: FailureGroup): string {
	return row["result-type"] ?? row.key;
}

function Advised({ of }: { of: Advice | undefined }): JSX.Element | null {
	if (of === undefined) return null;
	return <div class="advice">
		<p>{of.meaning}</p>
		{of.causes.length > 0 && <><p class="advice-head">Likely causes</p>
			<ul>{of.causes.map((cause) => <li key={cause}>{cause}</li>)}</ul></>}
		<p><span class="advice-head">Next:</span> {of.next}{" "}
			<span class="muted">RFC {of.rfc}</span></p>
	</div>;
}

interface ByKeyProps { rows: FailureGroup[]; label: string; filter: Filter;
    place: Place; csv: string }

function ByKey({ rows, label, filter, place, csv }: ByKeyProps): JSX.Element {
	const max = Math.max(...rows.map((row) => row.sessions));
	return <Table caption={`Failures by ${label}`} rows={rows} csv={csv} columns={[
		{ head: label, wide: true, cell: (row) => row.key === ""
		    ? <span class="muted">not told</span>
		    : <a href={linkWith(place, { [filter]: row.key, by: null })}>
			{row.key}</a> },
		{ head: "What", cell: (row) => row["result-type"] === null ? "several types"
		    : resultWords(row["result-type"]) },
		{ head: "Failed sessions", cell: (row) => <Bar n={row.sessions} max={max}
		    kind={row.level} /> },
		{ head: "Outcome", cell: (row) => LEVEL_WORDS[row.level]?.label ??
		    row.level },
		{ head: "Reporters", num: true, cell: (row) => count(row.reporters) },
		{ head: "First seen", cell: (row) => <Time time={row["first-seen"]} /> },
		{ head: "Last seen", cell: (row) => <Time time={row["last-seen"]} /> },
	]} />;
}
