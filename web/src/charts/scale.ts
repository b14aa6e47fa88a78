// charts/scale.ts -- the arithmetic of the charts: ticks, stacks and cells.
import { failing, FAILING, LEVELS, total } from "../words";
import type { Level, Levels } from "../types";

/** A round maximum that is at least max, and the ticks up to it. */
export function ticks(max: number, about = 4): number[] {
	if (max <= 0) return [0, 1];
	const rough = max / about;
	const power = 10 ** Math.floor(Math.log10(rough));
	const round = [1, 2, 5, 10].find((step) => step * power >= rough) ?? 10;
	const step = Math.max(1, round * power);
	const steps = Math.ceil(max / step);
	return Array.from({ length: steps + 1 }, (_, i) => i * step);
}

export interface Segment { level: Level; y: number; h: number }
const SMALLEST = 2; // px: one session in a million can be seen

/** One day's bar from the top of the plot; failures stand on the base line. */
export function stack(levels: Levels, max: number, height: number,
    shown: readonly Level[] = LEVELS): Segment[] {
	const segments: Segment[] = [];
	let base = height;
	for (const level of [...shown].reverse()) {
		const n = levels[level];
		if (n <= 0) continue;
		const h = Math.min(base, Math.max(SMALLEST, n / max * height));
		base -= h;
		segments.push({ level, y: base, h });
	}
	return segments;
}

export interface Part { level: Level; start: number; width: number }

/** A bar of 100 in which each level that is there at all can be seen. */
export function strip(levels: Levels, smallest = 0.6): Part[] {
	const all = total(levels);
	const there = LEVELS.filter((level) => levels[level] > 0);
	const raised = there.map((level) =>
	    Math.max(smallest, 100 * levels[level] / all));
	const sum = raised.reduce((a, b) => a + b, 0);
	let start = 0;
	return there.map((level, i) => {
		const width = raised[i]! * 100 / sum;
		start += width;
		return { level, start: start - width, width };
	});
}

export type Cell = "none" | "zero" | "authenticated" | "testing" | "encrypted" |
    "clear-few" | "clear-many" | "unsent-few" | "unsent-many";
const MANY = 0.05;

/** What a day looks like on the heat map: its worst news, in two strengths;
 * without bad news, what most sessions were. */
export function cell(levels: Levels | null): Cell {
	if (levels === null) return "none";
	const all = total(levels);
	if (all === 0) return "zero";
	if (levels["not-sent"] > 0)
		return levels["not-sent"] / all < MANY ? "unsent-few" : "unsent-many";
	if (levels["cleartext-or-unknown"] > 0)
		return levels["cleartext-or-unknown"] / all < MANY ? "clear-few"
		    : "clear-many";
	const best = (["authenticated", "testing", "encrypted"] as const)
	    .reduce((a, b) => levels[b] > levels[a] ? b : a);
	return best;
}

/** The tallest bar, of all levels or of the failing ones. */
export function highest(days: (Levels | null)[], failures: boolean): number {
	return days.reduce((max, levels) => levels === null ? max
	    : Math.max(max, failures ? failing(levels) : total(levels)), 0);
}

export function levelsShown(failures: boolean): readonly Level[] {
	return failures ? FAILING : LEVELS;
}

/** Which of n days get a label, so that each has about px of room. */
export function labelEvery(n: number, width: number, px: number): number {
	const fit = Math.max(1, Math.floor(width / px));
	const every = Math.ceil(n / fit);
	return every <= 1 ? 1 : Math.ceil(every / 7) * 7;
}
