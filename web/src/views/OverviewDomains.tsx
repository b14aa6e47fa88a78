// views/OverviewDomains.tsx -- the domains, worst first, each with its days.
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { ChartFrame } from "../charts/ChartFrame";
import { HeatAxis, HeatLegend, HeatStrip, type At } from "../charts/HeatMap";
import { tellDay } from "../charts/tell";
import { count, dayLabel } from "../format";
import { apiQuery, linkTo, type Place } from "../place";
import { CsvLink, Table } from "../parts/Table";
import { Time } from "../parts/Time";
import type { Overview, OverviewDomain } from "../types";
import { LEVELS, LEVEL_WORDS, reportWords, resultWords } from "../words";

const FIRST = 25, MORE = 100;

interface Props { place: Place; data: Overview }

/* Of such a domain nothing is known: that is no zero. */
export function isBlind(domain: OverviewDomain): boolean {
	return domain.days.every((levels) => levels === null);
}

export function DomainMap({ place, data }: Props): JSX.Element {
	const [limit, setLimit] = useState(FIRST);
	const rows = data.domains.slice(0, limit);
	const left = data.domains.length - rows.length;
	return <ChartFrame id="map" title="Domains, worst first"
	    hint={"A cell is a day (UTC). Its colour is the worst that was reported; " +
	        "a dot: mail was not sent."}
	    chart={() => <><Map place={place} data={data} rows={rows} />
		{left > 0 && <p><button type="button" onClick={() =>
		    setLimit(limit + MORE)}>Show more ({count(left)} left)</button></p>}
		<HeatLegend /><DomainsCsv place={place} /></>}
	    table={() => <><AsTable place={place} data={data} rows={rows} />
		<DomainsCsv place={place} /></>} />;
}

function DomainsCsv({ place }: { place: Place }): JSX.Element {
	return <CsvLink path={`overview${apiQuery(place, "overview")}`}
	    what="domains, worst first" />;
}

function Map({ place, data, rows }: Props & { rows: OverviewDomain[] }):
    JSX.Element {
	const [at, setAt] = useState<At | null>(null);
	const of = reportWords(place.query.get("trust"));
	const row = at === null ? undefined : rows[at.row];
	return <>
		<table class="map">
			<caption class="hidden">Domains and their days</caption>
			<thead><tr>
				<th scope="col">Domain</th>
				<th scope="col" class="map-days"><span class="hidden">Days</span>
					<HeatAxis dates={data.dates} /></th>
				<th scope="col" class="num" title="sessions reported">
					Sessions</th>
				<th scope="col" class="num" title={LEVEL_WORDS["not-sent"].text}>
					Not sent</th>
				<th scope="col" class="num"
				    title={LEVEL_WORDS["cleartext-or-unknown"].text}>
					Cleartext or unknown</th>
				<th scope="col" class="num" title="who reported">Reporters</th>
			</tr></thead>
			<tbody>{rows.map((one, i) => <tr key={one.domain}>
				<th scope="row"><a href={linkTo(place, "domain", one.domain)}>
					{one.domain}</a><Reason domain={one} of={of} /></th>
				<td class="map-days"><HeatStrip domain={one.domain}
				    dates={data.dates} days={one.days} row={i}
				    rows={rows.length} at={at} onAt={setAt} /></td>
				{isBlind(one) ? <td colSpan={4} class="num muted no-data">
					No data</td> : <Numbers of={one} />}
			</tr>)}</tbody>
		</table>
		<p class="readout">{row && at ? `${row.domain}, ` + tellDay(
		    data.dates[at.day] ?? "", row.days[at.day] ?? null)
		    : "Point at a day, or move over the days with the arrow keys."}</p>
	</>;
}

function Numbers({ of }: { of: OverviewDomain }): JSX.Element {
	return <>
		<Number head="Sessions" n={of.sessions} />
		<Number head="Not sent" n={of.levels["not-sent"]} kind="unsent" />
		<Number head="Cleartext or unknown" kind="clear"
		    n={of.levels["cleartext-or-unknown"]} />
		<Number head="Reporters" n={of.reporters} />
	</>;
}

function Number({ head, n, kind = "" }: { head: string; n: number;
    kind?: string }): JSX.Element {
	return <td data-label={head} class={`num ${n > 0 ? kind : "zero"}`}>
		{count(n)}</td>;
}

function Reason({ domain, of }: { domain: OverviewDomain; of: string }):
    JSX.Element {
	if (isBlind(domain))
		return <span class="reason">{domain["last-report"] === null
		    ? `No ${of} yet`
		    : <>No {of}; the last one{" "}
			<Time time={domain["last-report"]} relative /></>}</span>;
	if (domain.worst === null)
		return <span class="reason">No failure reported</span>;
	return <span class="reason">{resultWords(domain.worst)}</span>;
}

function AsTable({ place, data, rows }: Props & { rows: OverviewDomain[] }):
    JSX.Element {
	const lines = rows.flatMap((one) => one.days.map((levels, i) =>
	    ({ domain: one.domain, date: data.dates[i] ?? "", levels })))
	    .filter((line) => line.levels !== null).reverse();
	return <Table caption="Domains and days with reports" rows={lines.slice(0, 500)}
	    columns={[
		{ head: "Domain", wide: true, cell: (line) => <a href={linkTo(place, "domain",
		    line.domain)}>{line.domain}</a> },
		{ head: "Day", cell: (line) => dayLabel(line.date) },
		...LEVELS.map((level) => ({ head: LEVEL_WORDS[level].label, num: true,
			title: LEVEL_WORDS[level].text,
			cell: (line: typeof lines[number]) =>
			    count(line.levels?.[level]) })),
	]} />;
}
