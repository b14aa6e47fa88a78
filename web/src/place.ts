// place.ts -- where the page is. The address is the state: a hash route with a
// query, so that each view can be linked to, and Back does what it says.
import { useEffect, useState } from "preact/hooks";
import { addDays, today } from "./format";

export interface Place { view: string; arg: string; query: URLSearchParams }

/** What follows from one view to the next. */
export const FILTERS = ["from", "to", "domain", "reporter", "result-type", "mx",
	"receiving-ip", "sending-ip", "trust", "verdict", "state", "level",
	"delivery-state", "finding-state", "severity", "conclusion",
	"kind"] as const;
export type Filter = typeof FILTERS[number];

/** "#/domain/example.com?from=2026-11-01" */
export function parse(hash: string): Place {
	const [path = "", query = ""] = split(hash.replace(/^#?\/?/, ""), "?");
	const [view = "", arg = ""] = split(path, "/");
	return { view: view || "overview", arg: decode(arg),
		query: new URLSearchParams(query) };
}

export function link(view: string, arg = "",
    query: Record<string, string> | URLSearchParams = {}): string {
	const path = arg === "" ? view : `${view}/${encode(arg)}`;
	const text = new URLSearchParams(query).toString();
	return `#/${path}${text === "" ? "" : `?${text}`}`;
}

/** The same view with some of its query changed; null and "" take away. */
export function linkWith(place: Place,
    changes: Record<string, string | null>): string {
	const query = new URLSearchParams(place.query);
	query.delete("cursor"); // it belongs to the old question
	for (const [name, value] of Object.entries(changes)) {
		if (value === null || value === "") query.delete(name);
		else query.set(name, value);
	}
	return link(place.view, place.arg, query);
}

/** Another view that keeps the range and the trust of this one; "" takes away. */
export function linkTo(place: Place, view: string, arg = "",
    more: Record<string, string> = {}): string {
	const query = new URLSearchParams();
	for (const name of ["days", "from", "to", "trust"]) {
		const value = place.query.get(name);
		if (value) query.set(name, value);
	}
	for (const [name, value] of Object.entries(more)) {
		if (value === "") query.delete(name);
		else query.set(name, value);
	}
	return link(view, arg, query);
}

/** The first day of a range that ends today, "days" long, or null: an address on
 * the wall must not stay with the day on which it was made. */
export function firstDay(query: URLSearchParams, now: number): string | null {
	const n = Number(query.get("days"));
	return Number.isInteger(n) && n > 0 && n <= 3660
	    ? addDays(today(now), 1 - n) : null;
}

/** The days that the view is about; 30 of them are what the service takes. */
export function rangeOf(query: URLSearchParams, now: number):
    { from: string; to: string } {
	const to = query.get("to") ?? today(now);
	return { to, from: query.get("from") ?? firstDay(query, now) ??
	    addDays(to, -29) };
}

export const FINDING_FILTERS = ["domain", "finding-state", "severity", "conclusion",
	"kind"] as const satisfies Filter[];

/* A route of the API refuses parameters that it does not have. */
const RANGE: Filter[] = ["from", "to"];
const WHOSE: Filter[] = [...RANGE, "reporter", "trust"];
const DETAIL: Filter[] = ["result-type", "mx", "receiving-ip", "sending-ip"];
const TAKES = {
	overview: [...WHOSE, "domain"],
	sessions: [...WHOSE, ...DETAIL, "level"],
	policies: WHOSE,
	range: RANGE,
	reports: [...WHOSE, ...DETAIL, "domain", "verdict", "state", "level"],
	outgoing: [...RANGE, "domain", "delivery-state"],
	findings: [...FINDING_FILTERS],
	deliveries: ["domain", "delivery-state"],
	logs: [...RANGE, "domain", "level"],
} satisfies Record<string, Filter[]>;

/** The filters of a place that a route takes, as a query; with more of its own. */
export function apiQuery(place: Place, route: keyof typeof TAKES,
    more: Record<string, string> = {}): string {
	const takes: Filter[] = TAKES[route];
	const query = new URLSearchParams();
	for (const name of takes) {
		const value = place.query.get(name);
		if (value) query.set(name, value);
	}
	const first = firstDay(place.query, Date.now());
	if (first !== null && takes.includes("from") && !query.has("from") &&
	    !query.has("to"))
		query.set("from", first);
	for (const [name, value] of Object.entries(more))
		if (!query.has(name)) query.set(name, value);
	const text = query.toString();
	return text === "" ? "" : `?${text}`;
}

export function go(to: string, replace = false): void {
	if (replace) {
		history.replaceState(null, "", to);
		window.dispatchEvent(new HashChangeEvent("hashchange"));
	} else location.hash = to;
}

export function usePlace(): Place {
	const [hash, setHash] = useState(location.hash);
	useEffect(() => {
		const moved = (): void => setHash(location.hash);
		window.addEventListener("hashchange", moved);
		return () => window.removeEventListener("hashchange", moved);
	}, []);
	return parse(hash);
}

function split(text: string, at: string): [string, string] {
	const i = text.indexOf(at);
	return i < 0 ? [text, ""] : [text.slice(0, i), text.slice(i + 1)];
}

/** A piece of a path. Half a surrogate pair, which JSON can hold and a URI cannot,
 * would be an exception. */
export function encode(text: string): string {
	return encodeURIComponent(text.replace(
	    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
	    "\ufffd"));
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch { // somebody's own writing
		return text;
	}
}
