// charts/StackedDays.tsx -- sessions per day, stacked by what became of them,
// with marks where something changed.
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { dayLabel, short } from "../format";
import type { DayRow, Mark } from "../types";
import { markWords } from "../words";
import { moved, pointed } from "./keys";
import { highest, labelEvery, levelsShown, stack, ticks } from "./scale";
import { tellDay } from "./tell";
import { useWidth } from "./width";

interface Props {
	label: string;
	rows: DayRow[]; // oldest first
	marks?: Mark[];
	failuresOnly?: boolean;
	none?: string; // what a day without levels is
}
const HEIGHT = 220, LEFT = 52, RIGHT = 6, TOP = 20, BOTTOM = 24;

export function StackedDays({ label, rows, marks = [], failuresOnly = false,
	none }: Props): JSX.Element {
	const [ref, width] = useWidth<HTMLDivElement>();
	const [at, setAt] = useState<number | null>(null);
	const n = rows.length;
	const plot = { w: Math.max(1, width - LEFT - RIGHT),
		h: HEIGHT - TOP - BOTTOM };
	const steps = ticks(highest(rows.map((row) => row.levels), failuresOnly));
	const max = steps[steps.length - 1] ?? 1;
	const now = at === null ? lastTold(rows) : Math.min(at, n - 1);
	const row = rows[now];
	const told = row ? tellDay(row.date, row.levels, none) : "";
	const here = marks.filter((mark) => mark.date === row?.date)
	    .map((mark) => markWords(mark.kind, mark.text));
	const x = (i: number): number => LEFT + i * plot.w / n;

	const onKey = (event: KeyboardEvent): void => {
		const to = moved(event.key, now, n);
		if (to === null) return;
		event.preventDefault();
		setAt(to);
	};
	const onMove = (event: PointerEvent): void => {
		const box = (event.currentTarget as Element).getBoundingClientRect();
		setAt(pointed(event.clientX - box.left - LEFT, plot.w, n));
	};
	return <div class="chart" ref={ref}>
		<svg width={width} height={HEIGHT} class="days" tabindex={0}
		    viewBox={`0 0 ${width} ${HEIGHT}`}
		    role="slider" aria-label={label} aria-valuemin={0}
		    aria-valuemax={n - 1} aria-valuenow={now}
		    aria-valuetext={[told, ...here].join(". ")}
		    onKeyDown={onKey} onPointerMove={onMove}
		    onPointerDown={onMove}>
			{steps.map((step) => <Tick key={step} text={short(step)}
			    y={TOP + plot.h - step / max * plot.h} width={width} />)}
			{at !== null && <rect class="day-now" x={x(now)} y={TOP}
			    width={plot.w / n} height={plot.h} />}
			{rows.map((one, i) => <Day key={one.date} row={one} x={x(i)}
			    width={plot.w / n} max={max} height={plot.h}
			    failures={failuresOnly} />)}
			<Dates rows={rows} x={x} width={plot.w} />
			{marks.map((mark, i) => <Flag key={i} mark={mark} x={x}
			    rows={rows} step={plot.w / n}
			    beside={marks.slice(0, i).filter((one) =>
			        one.date === mark.date).length} />)}
		</svg>
		<p class="readout">{told}
			{here.map((text, i) => <span class="readout-mark" key={i}>
				{text}</span>)}</p>
	</div>;
}

/* Today has no reports yet; the eye is on the day before. */
function lastTold(rows: DayRow[]): number {
	const back = [...rows].reverse().findIndex((row) => row.levels !== null);
	return rows.length - 1 - Math.max(0, back);
}

function Tick({ y, width, text }: { y: number; width: number; text: string }):
    JSX.Element {
	return <g aria-hidden="true">
		<line class="grid" x1={LEFT} x2={width - RIGHT} y1={y + 0.5}
		    y2={y + 0.5} />
		<text class="tick" x={LEFT - 8} y={y + 4} text-anchor="end">{text}</text>
	</g>;
}

interface DayProps {
	row: DayRow;
	x: number;
	width: number;
	max: number;
	height: number;
	failures: boolean;
}

function Day({ row, x, width, max, height, failures }: DayProps): JSX.Element {
	const gap = width > 6 ? 2 : 0.5;
	if (row.levels === null)
		return <rect class="day-none" x={x + gap / 2} y={TOP + height - 5}
		    width={Math.max(1, width - gap)} height={5} />;
	return <g>
		{stack(row.levels, max, height, levelsShown(failures))
		    .map(({ level, y, h }) => <rect key={level} class={`lv-${level}`}
		        x={x + gap / 2} y={TOP + y} width={Math.max(1, width - gap)}
		        height={h} />)}
	</g>;
}

function Dates({ rows, x, width }: { rows: DayRow[]; x: (i: number) => number;
    width: number }): JSX.Element {
	const every = labelEvery(rows.length, width, 56);
	const last = rows.length - 1;
	return <g aria-hidden="true">
		{rows.map((row, i) => (last - i) % every === 0 &&
		    <text class="tick" key={row.date} y={HEIGHT - 6}
		        x={(x(i) + x(i + 1)) / 2}
		        text-anchor={i === last && every > 1 ? "end" : "middle"}>
			{dayLabel(row.date)}</text>)}
	</g>;
}

/* A change has its line at the start of its day; beside: others that have it. */
function Flag({ mark, x, rows, step, beside }: { mark: Mark;
    x: (i: number) => number; rows: DayRow[]; step: number; beside: number }):
    JSX.Element | null {
	const i = rows.findIndex((row) => row.date === mark.date);
	if (i < 0) return null;
	const at = x(i) + (step > 6 ? 0 : step / 2);
	const kind = ["mx", "certificate", "finding"].includes(mark.kind) ? mark.kind
	    : "policy";
	return <g class={`flag flag-${kind}`}>
		<title>{`${markWords(mark.kind, mark.text)} (${dayLabel(mark.date)})`}
		</title>
		<line x1={at} x2={at} y1={8} y2={HEIGHT - BOTTOM} />
		<path d={flagPath(kind, at + 12 * beside)} />
	</g>;
}

/** A diamond, for certificates a triangle, for findings a square. */
export function flagPath(kind: string, at: number): string {
	if (kind === "finding") return `M${at - 5} 3 h10 v10 h-10 z`;
	return kind === "certificate" ? `M${at} 3 l6 10 l-12 0 z`
	    : `M${at} 2 l5 6 l-5 6 l-5 -6 z`;
}
