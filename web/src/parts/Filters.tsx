// parts/Filters.tsx -- the range, the trust and what else narrows the numbers.
// Each choice is in the address at once.
import type { JSX } from "preact";
import { conclusionWords, CONCLUSIONS, FINDING_STATES, findingStateWords, KINDS,
	kindWords, SEVERITIES, severityWords } from "../findings";
import { daysBetween, today, utc } from "../format";
import { FILTERS, go, linkWith, rangeOf, type Filter, type Place } from "../place";
import { DELIVERY_STATES, deliveryWords, LEVELS, levelWords, RESULT_TYPES,
	resultWords, STATES, trustWords, VERDICTS } from "../words";
import { Typed } from "./Typed";

const RANGES = [7, 30, 90];
const FILTER_WORDS: Record<Filter, string> = { from: "From", to: "To",
	domain: "Domain", reporter: "Reporter", "result-type": "Failure",
	mx: "MX host", "receiving-ip": "Receiving IP", "sending-ip": "Sending IP",
	trust: "Trust", verdict: "Verdict", state: "State", level: "Protection",
	"delivery-state": "Delivery",
	"finding-state": "State", severity: "Severity", conclusion: "Likely",
	kind: "Kind" };
/* Filters with few values, and how each is called. */
const CHOICES: Partial<Record<Filter, [readonly string[],
    (value: string) => string]>> = {
	"result-type": [RESULT_TYPES, resultWords],
	verdict: [VERDICTS, (value) => trustWords(value).label],
	state: [STATES, (value) => trustWords(value).label],
	level: [LEVELS, (value) => levelWords(value).label],
	"delivery-state": [DELIVERY_STATES, (value) => deliveryWords(value).label],
	"finding-state": [FINDING_STATES, (value) => findingStateWords(value).label],
	severity: [SEVERITIES, (value) => severityWords(value).label],
	conclusion: [CONCLUSIONS, (value) => conclusionWords(value).label],
	kind: [KINDS, kindWords],
};
const TRUSTS: [string, string][] = [["", "Reports that count"],
	["authenticated", "Only authenticated"],
	["unauthenticated", "Only unauthenticated"], ["all", "All, even untrusted"]];

/* more: fields that are seldom wanted, folded away until one of them is set. */
interface Props { place: Place; fields?: Filter[]; more?: Filter[];
    trust?: boolean; range?: boolean }

export function Filters({ place, fields = [], more = [], trust = true,
	range = true }: Props): JSX.Element {
	return <form class="filters" aria-label="Filters"
	    onSubmit={(event) => event.preventDefault()}>
		{range && <Range place={place} />}
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
		<Printed place={place} range={range} />
	</form>;
}

function Range({ place }: { place: Place }): JSX.Element {
	const now = today(Date.now());
	const { from, to } = rangeOf(place.query, Date.now());
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
			<Typed type="date" value={from} max={to} onDone={(day) =>
			    setRange(place, day, to)} /></label>
		<label class="field">to
			<Typed type="date" value={to} min={from} onDone={(day) =>
			    setRange(place, from, day)} /></label>
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
	const [values, words] = CHOICES[field] ?? [];
	if (values !== undefined && words !== undefined)
		return <label class="field">{label}
			<select value={value} onChange={(event) =>
			    set(place, field, event.currentTarget.value)}>
				<option value="">Any</option>
				{values.map((one) => <option key={one} value={one}>
					{words(one)}</option>)}
			</select></label>;
	return <label class="field">{label}
		<Typed type="search" value={value} onDone={(text) =>
		    set(place, field, text)} /></label>;
}

function valueWords(name: Filter, place: Place): string {
	const value = place.query.get(name) ?? "";
	return CHOICES[name]?.[1](value) ??
	    TRUSTS.find(([one]) => one === value)?.[1] ?? value;
}

/* On paper the fields are not there, but what they say is. */
function Printed({ place, range }: { place: Place; range: boolean }):
    JSX.Element {
	const { from, to } = rangeOf(place.query, Date.now());
	const set = FILTERS.filter((name) => place.query.has(name) &&
	    !["from", "to"].includes(name));
	return <p class="printed">{range && `${from} to ${to} (UTC); `}{set.map(
	    (name) => `${FILTER_WORDS[name]}: ${valueWords(name, place)}; `)}printed{" "}
		{utc(new Date().toISOString())}</p>;
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
			{FILTER_WORDS[name]}: {valueWords(name, place)}
			<span aria-hidden="true"> ×</span></a></li>)}</ul>;
}
