// charts.test.tsx -- what the charts draw, as markup.
import { render } from "preact-render-to-string";
import { expect, test } from "vitest";
import { Bar } from "../src/charts/Bars";
import { HeatStrip } from "../src/charts/HeatMap";
import { flagPath, StackedDays } from "../src/charts/StackedDays";
import { LevelStrip } from "../src/parts/Levels";
import type { DayRow, Levels, Mark } from "../src/types";

const FINE: Levels = { authenticated: 10, testing: 0, encrypted: 0,
	"cleartext-or-unknown": 0, "not-sent": 0 };
const LOST: Levels = { ...FINE, "not-sent": 10 };

function row(date: string, levels: Levels | null): DayRow {
	return { date, levels, sessions: null, failures: null, reporters: null };
}
function times(markup: string, piece: string): number {
	return markup.split(piece).length - 1;
}

test("each day has its bars, and no data another mark than zero", () => {
	const markup = render(<StackedDays label="Sessions" rows={[
		row("2020-01-01", FINE), row("2020-01-02", LOST),
		row("2020-01-03", null)]} />);
	expect(times(markup, 'class="lv-authenticated"')).toBe(2);
	expect(times(markup, 'class="lv-not-sent"')).toBe(1);
	expect(times(markup, 'class="day-none"')).toBe(1);
	// What is read first is the last day that is known.
	expect(markup).toContain('aria-valuetext="2 Jan: 10 not sent, 10 authenticated"');
	// SVG does not honour tabIndex.
	expect(markup).toContain('tabindex="0"');
	expect(markup).not.toContain("style=");
});

test("a finding's mark is a square", () => {
	expect(flagPath("finding", 10)).toBe("M5 3 h10 v10 h-10 z");
});

test("a mark is told with its day", () => {
	const markup = render(<StackedDays label="Sessions"
	    rows={[row("2020-01-01", FINE)]}
	    marks={[{ date: "2020-01-01", kind: "mx", text: "<b>mx2</b> first seen" }]} />);
	expect(markup).toContain(
	    'aria-valuetext="1 Jan: 10 authenticated. &lt;b>mx2&lt;/b> first seen"');
	expect(times(markup, "flag-mx")).toBe(1);
});

test("a day without data says so, or what the caller knows of it", () => {
	const empty = [row("2020-01-02", null), row("2020-01-03", null)];
	expect(render(<StackedDays label="Sessions" rows={empty} />))
	    .toContain('aria-valuetext="3 Jan: no data, as no report came"');
	expect(render(<StackedDays label="Sessions" rows={empty} none="no session" />))
	    .toContain('aria-valuetext="3 Jan: no session"');
});

test("marks of one day stand side by side, those of certificates as triangles", () => {
	const mark = (kind: string): Mark => ({ date: "2020-01-01", kind, text: kind });
	const markup = render(<StackedDays label="Sessions"
	    rows={[row("2020-01-01", FINE)]}
	    marks={[mark("policy"), mark("certificate")]} />);
	expect(markup).toContain(flagPath("policy", 52));
	expect(markup).toContain(flagPath("certificate", 64));
	expect(flagPath("certificate", 64)).not.toBe(flagPath("mx", 64));
});

test("failures alone have a scale of their own", () => {
	const markup = render(<StackedDays label="Sessions" failuresOnly
	    rows={[row("2020-01-01", { ...FINE, authenticated: 1_000_000,
	        "not-sent": 3 })]} />);
	expect(times(markup, 'class="lv-authenticated"')).toBe(0);
	expect(markup).toContain(">3</text>");
});

test("no day at all is no crash", () => {
	expect(render(<StackedDays label="Sessions" rows={[]} />)).toContain("<svg");
});

test("the heat map's first row is its stop for the Tab key", () => {
	const strip = (n: number): string => render(<HeatStrip domain="a.example"
	    dates={["2020-01-01", "2020-01-02"]} days={[LOST, null]} row={n} rows={2}
	    at={null} onAt={() => undefined} />);
	expect(strip(0)).toContain('tabindex="0"');
	expect(strip(1)).toContain('tabindex="-1"');
	expect(strip(0)).toContain('class="cell-unsent-many"');
	expect(strip(0)).toContain('class="cell-none"');
});

test("a bar stands beside its number", () => {
	const markup = render(<Bar n={50} max={200} kind="not-sent" />);
	expect(markup).toContain(">50</span>");
	expect(markup).toContain('width="25.00%"');
	expect(render(<Bar n={0} max={0} kind="plain" />)).toContain('width="0.00%"');
});

test("a strip says its numbers", () => {
	expect(render(<LevelStrip levels={LOST} />))
	    .toContain('aria-label="10 not sent, 10 authenticated"');
	expect(render(<LevelStrip levels={null} />)).toContain("cell-none");
});
