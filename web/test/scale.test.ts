// scale.test.ts -- the charts' arithmetic, against values worked out by hand.
import { expect, test } from "vitest";
import { moved, pointed } from "../src/charts/keys";
import { cell, highest, labelEvery, stack, strip, ticks } from "../src/charts/scale";
import { tellDay, tellLevels } from "../src/charts/tell";
import type { Levels } from "../src/types";

function levels(authenticated: number, testing: number, encrypted: number,
    clear: number, unsent: number): Levels {
	return { authenticated, testing, encrypted, "cleartext-or-unknown": clear,
		"not-sent": unsent };
}

test("ticks are round, whole and reach the maximum", () => {
	expect(ticks(0)).toEqual([0, 1]);
	expect(ticks(1)).toEqual([0, 1]);
	expect(ticks(3)).toEqual([0, 1, 2, 3]);
	expect(ticks(4200)).toEqual([0, 2000, 4000, 6000]);
	expect(ticks(100)).toEqual([0, 50, 100]);
	expect(ticks(97_000)).toEqual([0, 50_000, 100_000]);
});

test("a bar stands on its failures", () => {
	expect(stack(levels(60, 0, 20, 0, 20), 100, 200)).toEqual([
		{ level: "not-sent", y: 160, h: 40 },
		{ level: "encrypted", y: 120, h: 40 },
		{ level: "authenticated", y: 0, h: 120 }]);
});

test("one session in a million is seen", () => {
	const [first] = stack(levels(1_000_000, 0, 0, 0, 1), 1_000_000, 200);
	expect(first).toEqual({ level: "not-sent", y: 198, h: 2 });
	const bars = stack(levels(1_000_000, 0, 0, 0, 1), 1_000_000, 200);
	expect(bars.every((bar) => bar.y >= 0)).toBe(true);
});

test("a strip is 100 wide and shows each level that is there", () => {
	const parts = strip(levels(50, 0, 50, 0, 0));
	expect(parts).toEqual([{ level: "authenticated", start: 0, width: 50 },
		{ level: "encrypted", start: 50, width: 50 }]);
	const small = strip(levels(1e9, 0, 0, 1, 1));
	expect(small.map((part) => part.level)).toEqual(["authenticated",
		"cleartext-or-unknown", "not-sent"]);
	expect(small.every((part) => part.width > 0.5)).toBe(true);
	expect(small.reduce((sum, part) => sum + part.width, 0)).toBeCloseTo(100);
});

test("a cell is the worst news, then what most sessions were", () => {
	expect(cell(null)).toBe("none");
	expect(cell(levels(0, 0, 0, 0, 0))).toBe("zero");
	expect(cell(levels(90, 9, 0, 0, 0))).toBe("authenticated");
	expect(cell(levels(1, 9, 0, 0, 0))).toBe("testing");
	expect(cell(levels(1, 9, 10, 0, 0))).toBe("encrypted");
	expect(cell(levels(96, 0, 0, 4, 0))).toBe("clear-few");
	expect(cell(levels(95, 0, 0, 5, 0))).toBe("clear-many");
	expect(cell(levels(0, 0, 0, 99, 1))).toBe("unsent-few");
	expect(cell(levels(95, 0, 0, 0, 5))).toBe("unsent-many");
});

test("the tallest day, of all levels or of failures", () => {
	const days = [null, levels(10, 0, 0, 1, 2), levels(5, 5, 5, 0, 0)];
	expect(highest(days, false)).toBe(15);
	expect(highest(days, true)).toBe(3);
	expect(highest([null], false)).toBe(0);
});

test("labels have room, and weeks in between", () => {
	expect(labelEvery(7, 700, 60)).toBe(1);
	expect(labelEvery(30, 700, 60)).toBe(7);
	expect(labelEvery(90, 700, 60)).toBe(14);
	expect(labelEvery(30, 10, 60)).toBe(35);
});

test("keys move by a day, by a week and to the ends", () => {
	expect(moved("ArrowLeft", 0, 30)).toBe(0);
	expect(moved("ArrowRight", 28, 30)).toBe(29);
	expect(moved("ArrowRight", 29, 30)).toBe(29);
	expect(moved("PageUp", 3, 30)).toBe(0);
	expect(moved("PageDown", 3, 30)).toBe(10);
	expect(moved("Home", 3, 30)).toBe(0);
	expect(moved("End", 3, 30)).toBe(29);
	expect(moved("Tab", 3, 30)).toBeNull();
});

test("the pointer is over a day", () => {
	expect(pointed(-5, 300, 30)).toBe(0);
	expect(pointed(15, 300, 30)).toBe(1);
	expect(pointed(300, 300, 30)).toBe(29);
});

test("a day is told from bad to good, and silence as such", () => {
	expect(tellDay("2020-11-02", levels(1200, 0, 3, 0, 2)))
	    .toBe("2 Nov: 2 not sent, 3 encrypted, peer unknown, 1,200 authenticated");
	expect(tellLevels(null)).toBe("no data, as no report came");
	expect(tellLevels(levels(0, 0, 0, 0, 0))).toBe("reports, but no session");
});
