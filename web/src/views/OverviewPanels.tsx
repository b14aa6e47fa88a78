// views/OverviewPanels.tsx -- beside the domains: who is silent, and how far the numbers can be trusted.
import type { JSX } from "preact";
import { count, plural, share } from "../format";
import { apiQuery, linkTo, type Place } from "../place";
import { CsvLink } from "../parts/Table";
import { Time } from "../parts/Time";
import type { OverviewReporter, TrustCounts } from "../types";
import { trustWords, VERDICTS } from "../words";

export function Reporters({ reporters, place }: { reporters: OverviewReporter[];
    place: Place }): JSX.Element {
	const silent = reporters.filter((one) => one.silent);
	const heard = reporters.filter((one) => !one.silent);
	return <section class="panel" aria-labelledby="reporters">
		<h2 id="reporters">Reporters</h2>
		{reporters.length === 0 && <p class="muted">Nobody has reported yet.</p>}
		{silent.length > 0 && <>
			<p class="side-head"><span class="badge badge-bad">
				{count(silent.length)} silent</span>{" "}
				Silence is not success.</p>
			<ReporterList reporters={silent} place={place} /></>}
		{heard.length > 0 && <details open={silent.length === 0}>
			<summary>{plural(heard.length, "reporter")} as usual</summary>
			<ReporterList reporters={heard} place={place} /></details>}
		{reporters.length > 0 && <CsvLink what="reporters"
		    path={`reporters${apiQuery(place, "overview")}`} />}
	</section>;
}

function ReporterList({ reporters, place }: { reporters: OverviewReporter[];
    place: Place }): JSX.Element {
	return <ul class="plain lines">{reporters.slice(0, 12).map((one) =>
		<li key={one.reporter}>
			<a href={linkTo(place, "reports", "", { reporter: one.reporter })}>
				{one.reporter}</a>
			<span class="muted">last <Time time={one["last-report"]} relative />
				{one.silent && one["usual-gap-days"] !== null &&
				    `, usually every ${one["usual-gap-days"] <= 1 ? "day"
				        : `${one["usual-gap-days"]} days`}`}
				{!one.silent && `, ${plural(one.sessions, "session")}`}</span>
		</li>)}
		{reporters.length > 12 && <li class="muted">and{" "}
			{plural(reporters.length - 12, "other")}</li>}</ul>;
}

const ASIDE = ["waiting", "unreadable", "implausible", "contradicted", "foreign",
	"duplicate"];

/* Verdicts share the reports out; what became of them is told apart. */
export function Trust({ trust, place }: { trust: TrustCounts; place: Place }):
    JSX.Element {
	const all = VERDICTS.reduce((sum, name) => sum + (trust[name] ?? 0), 0);
	return <section class="panel" aria-labelledby="trust">
		<h2 id="trust">Can the numbers be trusted?</h2>
		<p class="hint">Reports by what vouches for them. Only those that count
			are in the numbers.</p>
		<table class="small"><caption class="hidden">Reports by verdict</caption>
			<tbody>{VERDICTS.filter((name) => name === "authenticated" ||
			    (trust[name] ?? 0) > 0).map((name) =>
				<TrustLine key={name} name={name} n={trust[name] ?? 0}
				    of={all} place={place} />)}</tbody></table>
		{ASIDE.some((name) => (trust[name] ?? 0) > 0) && <>
			<p class="side-head muted">Set aside</p>
			<table class="small"><caption class="hidden">Reports that do not
				count</caption>
				<tbody>{ASIDE.filter((name) => (trust[name] ?? 0) > 0)
				    .map((name) => <TrustLine key={name} name={name}
				        n={trust[name] ?? 0} place={place} />)}</tbody></table></>}
	</section>;
}

function TrustLine({ name, n, of, place }: { name: string; n: number; of?: number;
    place: Place }): JSX.Element {
	const words = trustWords(name);
	return <tr>
		<th scope="row" title={words.text}><a href={linkTo(place, "reports", "",
		    { trust: "", [of === undefined ? "state" : "verdict"]: name })}>
			{words.label}</a></th>
		<td class="num">{count(n)}</td>
		<td class="num muted">{of === undefined ? "" : share(n, of)}</td>
	</tr>;
}
