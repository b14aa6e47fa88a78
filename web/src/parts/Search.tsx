// parts/Search.tsx -- finds domains, reports, reporters and machines by a piece
// of their name.
import { useEffect, useState } from "preact/hooks";
import type { JSX } from "preact";
import { get } from "../api";
import { cut } from "../format";
import { encode, link, type Place } from "../place";
import type { List, SearchRow } from "../types";

const WAIT_MS = 250;

export function Search({ place }: { place: Place }): JSX.Element {
	const [text, setText] = useState("");
	const [rows, setRows] = useState<SearchRow[] | null>(null);
	useEffect(() => setText(""), [place.view, place.arg]);
	useEffect(() => {
		setRows(null);
		const typed = text.trim();
		if (typed.length < 2) return;
		let over = false;
		const timer = setTimeout(() => {
			get<List<SearchRow>>(`search?q=${encode(typed)}`).then(
			    (found) => { if (!over) setRows(found.rows); }, () => undefined);
		}, WAIT_MS);
		return () => {
			over = true;
			clearTimeout(timer);
		};
	}, [text]);
	return <div class="search" role="search">
		<input type="search" value={text} aria-label="Search" spellcheck={false}
		    placeholder="Domain, reporter, IP, MX" onInput={(event) =>
		        setText(event.currentTarget.value)}
		    onKeyDown={(event) => { if (event.key === "Escape") setText(""); }} />
		<div role="status" class="hidden">{rows === null ? ""
		    : `${rows.length} found`}</div>
		{rows !== null && <ul class="found">
			{rows.length === 0 && <li class="muted">Nothing is found.</li>}
			{rows.slice(0, 12).map((row, i) => <li key={i}>
				<a href={target(row)}>{cut(row.text, 60)}</a>{" "}
				<span class="muted">{row.kind}</span></li>)}</ul>}
	</div>;
}

/* Only ways within this page are followed. */
function target(row: SearchRow): string {
	if (row.link.startsWith("#/")) return row.link;
	switch (row.kind) {
	case "domain": return link("domain", row.text);
	case "reporter": return link("reports", "", { reporter: row.text });
	default: return link("overview");
	}
}
