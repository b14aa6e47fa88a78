// parts/Filters.tsx -- the range, the trust and what else narrows the numbers.
// Each choice is in the address at once.
import type { JSX } from "preact";
import { addDays, daysBetween, today } from "../format";
import { FILTERS, firstDay, go, linkWith, type Filter, type Place } from "../place";
import { RESULT_TYPES, resultWords } from "../words";

const RANGES = [7, 30, 90];
const FILTER_WORDS: Record<Filter, string> = { from: "From", to: "To",
	domain: "Domain", reporter: "Reporter", "result-type": "Failure",
	mx: "MX host", "receiving-ip": "Receiving IP", "sending-ip": "Sending IP",
	trust: "Trust", direction: "Direction" };
const TRUSTS: [string, string][] = [["", "Reports that count"],
	["authenticated", "Only authenticated"],
	["unauthenticated", "Only unauthenticated"], ["all", "All, even untrusted"]];

/* more: fields that are seldom wanted, folded away until one of them is set. */
interface Props { place: Place; fields?: Filter[]; more?: Filter[];
    trust?: boolean }

export function Filters({ place, fields = [], more = [], trust = true }: Props):
    JSX.Element {
	return <form class="filters" aria-label="Filters"
	    onSubmit={(event) => event.preventDefault()}>
		<Range place={place} />
		{trust && <label class="field">Trust
			<select value={place.query.get("trust") ?? ""}
			    onChange={(event) => set(place, "trust",
			        event.currentTarget.value)}>
				{TRUSTS.map(([value, text]) => <option key={value}
				    value={value}>{text}</option>)}
			</select></label>}
		{fields.map((field) => <Field key={field} field={field} place={place} />)}
		{more.length > 0 && <details class="more" open={more.some((field) =>
		    place.query.has(field))}><summary>More filters</summary>
			<div class="more-fields">{more.map((field) => <Field key={field}
			    field={field} place={place} />)}</div></details>}
		<Chips place={place} shown={[...fields, ...more,
			...(trust ? ["trust" as const] : [])]} />
	</form>;
}

function Range({ place }: { place: Place }): JSX.Element {
	const now = today(Date.now());
	const to = place.query.get("to") ?? now;
	const from = place.query.get("from") ?? firstDay(place.query, Date.now()) ??
	    addDays(to, -29);
	const days = daysBetween(from, to) + 1;
	const known = to === now && RANGES.includes(days);
	return <>
		<div class="range" role="group" aria-label="Range">
			{RANGES.map((n) => <a key={n} href={rangeLink(place, n)}
			    class="range-n"
			    aria-current={known && days === n ? "true" : undefined}>
				{n} days</a>)}
		</div>
		<label class="field">From
			<input type="date" value={from} max={to} onChange={(event) =>
			    setRange(place, event.currentTarget.value, to)} /></label>
		<label class="field">to
			<input type="date" value={to} min={from} onChange={(event) =>
			    setRange(place, from, event.currentTarget.value)} /></label>
	</>;
}

/* The last 30 days are what the service takes anyway. */
function rangeLink(place: Place, n: number): string {
	return linkWith(place, { days: n === 30 ? null : String(n), from: null,
		to: null });
}

function setRange(place: Place, from: string, to: string): void {
	if (from !== "" && to !== "" && from <= to) go(linkWith(place,
	    { from, to, days: null }));
}

function set(place: Place, name: string, value: string): void {
	go(linkWith(place, { [name]: value.trim() }));
}

function Field({ field, place }: { field: Filter; place: Place }): JSX.Element {
	const value = place.query.get(field) ?? "";
	const label = FILTER_WORDS[field];
	if (field === "result-type")
		return <label class="field">{label}
			<select value={value} onChange={(event) =>
			    set(place, field, event.currentTarget.value)}>
				<option value="">Any</option>
				{RESULT_TYPES.map((type) => <option key={type} value={type}>
					{resultWords(type)}</option>)}
			</select></label>;
	return <label class="field">{label}
		<input type="search" value={value} placeholder="any" spellcheck={false}
		    onChange={(event) => set(place, field,
		        event.currentTarget.value)} /></label>;
}

/* Filters of the address that this view has no field for. */
function Chips({ place, shown }: { place: Place; shown: Filter[] }):
    JSX.Element | null {
	const set = FILTERS.filter((name) => place.query.has(name) &&
	    !["from", "to"].includes(name) && !shown.includes(name));
	if (set.length === 0) return null;
	return <ul class="chips">{set.map((name) => <li key={name}>
		<a href={linkWith(place, { [name]: null })} class="chip"
		    aria-label={`Remove the filter ${FILTER_WORDS[name]}`}>
			{FILTER_WORDS[name]}: {place.query.get(name)}
			<span aria-hidden="true"> ×</span></a></li>)}</ul>;
}
