// views/DomainFailures.tsx -- what failed: by type in plain words with cause and
// next step, and by machine, network and reporter.
import type { JSX } from "preact";
import { Bar } from "../charts/Bars";
import { count, plural } from "../format";
import { linkWith, type Filter, type Place } from "../place";
import { TrustBadge } from "../parts/Badge";
import { Empty } from "../parts/Empty";
import { Shown } from "../parts/Loading";
import { CsvLink, Table } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { Advice, FailureGroup, FailureGroups, List } from "../types";
import { levelWords, resultWords } from "../words";
import { PolicyHead, PolicyText } from "./DomainPolicies";

/* The group's name in the API, its tab, its column, the filter that it sets. */
const GROUPS: [string, string, string, Filter | null][] = [
	["type", "By type", "Type", "result-type"],
	["mx", "By MX host", "MX host", "mx"],
	["receiving-ip", "By receiving IP", "Receiving IP", "receiving-ip"],
	["reporter", "By reporter", "Reporter", "reporter"],
	["sending-ip", "By sending IP", "Sending IP", "sending-ip"],
	["policy", "By policy seen", "Policy seen", null],
];

const SESSION_FILTERS: Filter[] = ["result-type", "level", "mx", "receiving-ip",
	"sending-ip", "reporter"];

interface Props { place: Place; path: string; query: string }

export function Failures({ place, path, query }: Props): JSX.Element {
	const by = GROUPS.find(([key]) => key === place.query.get("by")) ?? GROUPS[0]!;
	const [group, , label, filter] = by;
	const full = `${path}/failures${query}${query ? "&" : "?"}group=${group}`;
	const groups = useResource<FailureGroups>(full);
	return <section class="panel" aria-labelledby="failures">
		<h2 id="failures">What failed</h2>
		<nav class="tabs" aria-label="Failures by">{GROUPS.map(([key, tab]) =>
			<a key={key} aria-current={key === group ? "true" : undefined}
			    href={linkWith(place, { by: key === "type" ? null : key })}>
				{tab}</a>)}</nav>
		<Shown of={groups}>{({ rows, reporters }) => rows.length === 0
		    ? <NoFailures place={place} />
		    : group === "type" ? <ByType rows={rows} place={place} csv={full}
		        all={reporters} />
		    : <ByKey rows={rows} label={label} filter={filter} place={place}
		        csv={full} all={reporters} />}</Shown>
	</section>;
}

function NoFailures({ place }: { place: Place }): JSX.Element {
	const narrow = SESSION_FILTERS.filter((name) => place.query.has(name));
	if (narrow.length === 0) return <Empty title="No failure was reported." />;
	return <Empty title="No failure was reported that these filters let through.">
		<a href={linkWith(place, Object.fromEntries(narrow.map((name) =>
		    [name, null])))}>Take the filters away</a></Empty>;
}

/** Who else sees it: the first thing that tells the path from the server. */
export function spread(some: number, all: number | undefined): string | null {
	if (all === undefined || all < 3) return null;
	if (some >= all) return `All ${all} reporters tell of it: look at your own ` +
	    "servers and records first.";
	return some > 1 ? null : `Only one of ${all} reporters tells of it: look ` +
	    "whether others reached the same host on those days. If they did, look " +
	    "at the path from this one.";
}

interface ByTypeProps { rows: FailureGroup[]; place: Place; csv: string;
    all: number | undefined }

function ByType({ rows, place, csv, all }: ByTypeProps): JSX.Element {
	const advice = useResource<List<Advice>>("advice", 3_600_000);
	const max = Math.max(...rows.map((row) => row.sessions));
	return <>
		<ul class="plain failures">{rows.map((row, i) => <li
		    key={`${row.key} ${row.level} ${row.trust}`}>
			<div class="failure-head">
				<h3><a href={linkWith(place, { "result-type": typeOf(row) })}>
					{resultWords(typeOf(row))}</a> <Unvouched row={row} /></h3>
				<Bar n={row.sessions} max={max} kind={row.level ?? "plain"}
				    unit="sessions" />
			</div>
			<p class="muted">{levelWords(row.level).label};{" "}
				<code>{typeOf(row)}</code>; told by {ofAll(row.reporters, all)}{" "}
				{all === 1 ? "reporter" : "reporters"} in {plural(row.reports,
				    "report")}; first <Time time={row["first-seen"]} />, last{" "}
				<Time time={row["last-seen"]} /></p>
			<Spread row={row} all={place.query.has("reporter") ? undefined
			    : all} place={place} />
			{rows.findIndex((one) => typeOf(one) === typeOf(row)) === i &&
			    <Advised of={advice.data?.rows.find((one) =>
			        one["result-type"] === typeOf(row))} />}
		</li>)}</ul>
		<CsvLink path={csv} what="failures by type" />
	</>;
}

function ofAll(some: number, all: number | undefined): string {
	return all === undefined ? count(some) : `${count(some)} of ${count(all)}`;
}

/* Who may send what he likes must not look like all others. */
function Unvouched({ row }: { row: FailureGroup }): JSX.Element | null {
	return row.trust === undefined || row.trust === "authenticated" ||
	    row.trust === "all" ? null : <TrustBadge name={row.trust} />;
}

function Spread({ row, all, place }: { row: FailureGroup;
    all: number | undefined; place: Place }): JSX.Element | null {
	if (row.trust === "unauthenticated")
		return <p class="spread">Nobody vouches for these reports: they alone are
			no proof of a failure.</p>;
	const text = spread(row.reporters, all);
	return text === null ? null : <p class="spread">{text}{" "}
		<a href={linkWith(place, { by: row.reporters === 1 ? "receiving-ip" : "mx",
		    "result-type": typeOf(row) })}>{row.reporters === 1
		    ? "Which addresses" : "Which hosts"}</a></p>;
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

function PolicyOf({ row }: { row: FailureGroup }): JSX.Element {
	return <><PolicyHead type={row["policy-type"] ?? ""}
	    of={row["policy-domain"] ?? null} />
		<PolicyText policy={{ "policy-string": row["policy-string"] ?? [],
		    "mx-host": [] }} /></>;
}

interface ByKeyProps { rows: FailureGroup[]; label: string;
    filter: Filter | null; place: Place; csv: string; all: number | undefined }

function ByKey({ rows, label, filter, place, csv, all }: ByKeyProps):
    JSX.Element {
	const max = Math.max(...rows.map((row) => row.sessions));
	return <Table caption={`Failures by ${label}`} rows={rows} csv={csv} columns={[
		{ head: label, wide: true, cell: (row) => filter === null
		    ? <><PolicyOf row={row} /> <Unvouched row={row} /></>
		    : row.key === "" ? <span class="muted">not told</span>
		    : <><a href={linkWith(place, { [filter]: row.key, by: null })}>
			{row.key}</a> <Unvouched row={row} /></> },
		{ head: "What", cell: (row) => row["result-type"] === null ? "several types"
		    : resultWords(row["result-type"]) },
		{ head: "Failed sessions", cell: (row) => <Bar n={row.sessions} max={max}
		    kind={row.level ?? "plain"} /> },
		{ head: "Outcome", cell: (row) => levelWords(row.level).label },
		...(filter === "reporter" ? [] : [{ head: "Reporters", num: true,
			title: "who tell of it, of all that reported on the domain",
			cell: (row: FailureGroup) => ofAll(row.reporters, all) }]),
		{ head: "First seen", cell: (row) => <Time time={row["first-seen"]} /> },
		{ head: "Last seen", cell: (row) => <Time time={row["last-seen"]} /> },
	]} />;
}
