// views/Overview.tsx -- the whole estate at a glance: what is lost now, which
// domain is worst, who is silent, and how far the numbers can be trusted.
import type { JSX } from "preact";
import { count, plural } from "../format";
import { apiQuery, linkTo, type Place } from "../place";
import { Empty } from "../parts/Empty";
import { Filters } from "../parts/Filters";
import { Beside, LevelFigures, LevelStrip } from "../parts/Levels";
import { Shown } from "../parts/Loading";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { Level, Overview as Data } from "../types";
import { reportWords, resultWords, total } from "../words";
import { DomainMap, isBlind } from "./OverviewDomains";
import { OverviewFindings } from "./OverviewFindings";
import { Reporters, Trust } from "./OverviewPanels";

export function Overview({ place }: { place: Place }): JSX.Element {
	const overview = useResource<Data>(`overview${apiQuery(place, "overview")}`);
	return <>
		<div class="view-head"><h1>Overview</h1>
			{overview.data && <p class="fresh">Newest report{" "}
				<Time time={overview.data["newest-report"]} relative /></p>}
		</div>
		<Filters place={place} />
		<Shown of={overview}>{(data) => data.domains.length === 0
		    ? <NoDomains place={place} />
		    : <Estate place={place} data={data} />}</Shown>
	</>;
}

function Estate({ place, data }: { place: Place; data: Data }): JSX.Element {
	return <>
		<Headline place={place} data={data} />
		<OverviewFindings place={place} />
		<section class="panel" aria-labelledby="estate">
			<div class="panel-head"><h2 id="estate">Sessions of all domains</h2>
				<span class="muted">{count(total(data.levels))} sessions in{" "}
					{plural(data.dates.length, "day")}</span></div>
			<LevelStrip levels={data.levels} tall />
			<LevelFigures levels={data.levels} />
			<Beside levels={data.unauthenticated} place={place} />
		</section>
		<div class="columns">
			<DomainMap place={place} data={data} />
			<div class="side">
				<Reporters reporters={data.reporters} place={place} />
				<Trust trust={data.trust} place={place} />
			</div>
		</div>
	</>;
}

/** The last day on which a session of that level was reported: a failure of three
 * weeks ago is not one of today. null: not all domains are there to tell. */
export function lastDay({ dates, domains, "domains-in-all": all }: Pick<Data,
    "dates" | "domains" | "domains-in-all">, level: Level): string | null {
	if (domains.length < all) return null;
	return [...dates].reverse().find((_, i) => domains.some((one) =>
	    (one.days[dates.length - 1 - i]?.[level] ?? 0) > 0)) ?? null;
}

/* The one sentence for who only looks up at the wall. */
function Headline({ place, data }: { place: Place; data: Data }): JSX.Element {
	const hit = (level: "not-sent" | "cleartext-or-unknown"): number =>
	    data.domains.filter((one) => one.levels[level] > 0).length;
	const unsent = data.levels["not-sent"];
	const clear = data.levels["cleartext-or-unknown"];
	const of = reportWords(place.query.get("trust"));
	const worst = data.domains[0];
	const blind = data.domains.filter((one) => isBlind(one)).length;
	const mood = unsent > 0 ? "unsent" : clear > 0 ? "clear"
	    : total(data.levels) === 0 ? "none" : "fine";
	const last = mood === "unsent" ? lastDay(data, "not-sent")
	    : mood === "clear" ? lastDay(data, "cleartext-or-unknown") : null;
	return <div class={`headline headline-${mood}`}>
		<p class="headline-main">{
			mood === "unsent" ? `${plural(unsent, "session")} of ${
			    plural(hit("not-sent"), "domain")} ${unsent === 1 ? "was"
			    : "were"} not sent, as a policy forbade it`
			: mood === "clear" ? `${plural(clear, "session")} of ${
			    plural(hit("cleartext-or-unknown"), "domain")} may have gone ` +
			    "unprotected"
			: mood === "none" ? "No report in this range: nothing is known"
			: "No failed session was reported"}</p>
		<p class="headline-more">
			{last && <>The last on <Time time={last} />.{" "}</>}
			{worst && (unsent > 0 || clear > 0) && <>Worst:{" "}
				<a href={linkTo(place, "domain", worst.domain)}>
					{worst.domain}</a>
				{worst.worst && ` (${resultWords(worst.worst)})`}.{" "}
			</>}
			{blind > 0 && <>{plural(blind, "domain")} without {of === "report"
			    ? "a" : "an"} {of}: that is no data, not success.</>}</p>
	</div>;
}

function NoDomains({ place }: { place: Place }): JSX.Element {
	if (place.query.has("domain"))
		return <Empty title="No such domain has reports in this range.">
			Take the filter away, or choose a longer range.</Empty>;
	return <Empty title="No domain has reports yet.">
		<ol><li>Ask for reports: <a href={linkTo(place, "setup-dns")}>make the
			TXT record</a> and publish it.</li>
			<li>Tell the service which domains are yours:
				<code>tlsrpt domain add example.com</code>.</li>
			<li>Wait for a day: reporters send once a day, after midnight
				UTC.</li></ol></Empty>;
}
