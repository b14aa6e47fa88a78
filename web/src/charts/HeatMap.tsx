// charts/HeatMap.tsx -- one row a domain, one cell a day: the strip of a row,
// its axis and its legend. The rows themselves are the Overview's.
import type { JSX } from "preact";
import { dayLabel } from "../format";
import type { Levels } from "../types";
import { moved, pointed } from "./keys";
import { Swatch } from "./Legend";
import { cell, labelEvery } from "./scale";
import { tellDay } from "./tell";

export interface At { row: number; day: number }
interface Props {
	domain: string;
	dates: string[];
	days: (Levels | null)[];
	row: number;
	rows: number;
	at: At | null; // what the reader points at
	onAt: (at: At) => void;
}
const HEIGHT = 22;

/* One stop for the Tab key in the whole map: the row that was left last. */
export function HeatStrip({ domain, dates, days, row, rows, at, onAt }: Props):
    JSX.Element {
	const n = dates.length;
	const here = at?.row === row;
	const now = here ? Math.min(at.day, n - 1) : n - 1;
	const onKey = (event: KeyboardEvent): void => {
		const up = event.key === "ArrowUp", down = event.key === "ArrowDown";
		const day = up || down ? now : moved(event.key, now, n);
		if (day === null) return;
		const to = Math.max(0, Math.min(rows - 1, row + (down ? 1 : up ? -1 : 0)));
		event.preventDefault();
		onAt({ row: to, day });
		focusRow(event.currentTarget as Element, to);
	};
	const onMove = (event: PointerEvent): void => {
		const box = (event.currentTarget as Element).getBoundingClientRect();
		onAt({ row, day: pointed(event.clientX - box.left, box.width, n) });
	};
	return <svg class="heat" height={HEIGHT} data-row={row}
	    tabindex={(at?.row ?? 0) === row ? 0 : -1} role="slider"
	    aria-label={`Days of ${domain}`} aria-valuemin={0} aria-valuemax={n - 1}
	    aria-valuenow={now}
	    aria-valuetext={tellDay(dates[now] ?? "", days[now] ?? null)}
	    onKeyDown={onKey} onPointerMove={onMove} onPointerDown={onMove}
	    onFocus={() => { if (!here) onAt({ row, day: now }); }}>
		{days.map((levels, i) => <HeatCell key={dates[i]} kind={cell(levels)}
		    x={100 * i / n} width={100 / n} now={here && i === now} />)}
	</svg>;
}

function HeatCell({ kind, x, width, now }: { kind: string; x: number;
    width: number; now: boolean }): JSX.Element {
	return <svg x={`${x.toFixed(3)}%`} width={`${width.toFixed(3)}%`}
	    height={HEIGHT} overflow="visible">
		<rect class={`cell-${kind}${now ? " cell-now" : ""}`} x="6%" y="1"
		    width="88%" height={HEIGHT - 2} rx="2" />
		{kind.startsWith("unsent") && <circle class="cell-dot" cx="50%"
		    cy={HEIGHT / 2} r="2.2" />}
	</svg>;
}

export function HeatAxis({ dates }: { dates: string[] }): JSX.Element {
	const n = dates.length, every = labelEvery(n, 420, 60);
	return <svg class="heat-axis" height="16" aria-hidden="true">
		{dates.map((date, i) => (n - 1 - i) % every === 0 &&
		    <text class="tick" key={date} y="12"
		        text-anchor={i === n - 1 ? "end" : "middle"}
		        x={`${(100 * (i + (i === n - 1 ? 1 : 0.5)) / n).toFixed(3)}%`}>
			{dayLabel(date)}</text>)}
	</svg>;
}

export function HeatLegend(): JSX.Element {
	return <ul class="legend" aria-label="Colours of a day">
		<li><Swatch kind="cell-unsent-many" />Not sent: 5 % or more</li>
		<li><Swatch kind="cell-unsent-few" />Not sent: fewer</li>
		<li><Swatch kind="cell-clear-many" />Cleartext or unknown: 5 % or more</li>
		<li><Swatch kind="cell-clear-few" />Cleartext or unknown: fewer</li>
		<li><Swatch kind="cell-encrypted" />Fine; most peers unknown</li>
		<li><Swatch kind="cell-testing" />Fine; most testing</li>
		<li><Swatch kind="cell-authenticated" />Fine; most authenticated</li>
		<li><Swatch kind="cell-none" />No data</li>
	</ul>;
}

function focusRow(from: Element, row: number): void {
	from.closest("table")?.querySelector<SVGElement>(`[data-row="${row}"]`)
	    ?.focus();
}
