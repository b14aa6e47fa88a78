// format.test.ts -- numbers and times, against values worked out by hand.
import { expect, test } from "vitest";
import * as format from "../src/format";

test("thousands have commas, and null is not zero", () => {
	expect(format.count(0)).toBe("0");
	expect(format.count(999)).toBe("999");
	expect(format.count(1234567)).toBe("1,234,567");
	expect(format.count(9007199254740991)).toBe("9,007,199,254,740,991");
	expect(format.count(null)).toBe("not told");
});

test("axes have short numbers", () => {
	expect([0, 7, 999, 1000, 1500, 20_000, 1_250_000, 3e9].map(format.short))
	    .toEqual(["0", "7", "999", "1 k", "1.5 k", "20 k", "1.3 M", "3 G"]);
});

test("a share is 0 or 100 % only if it is that", () => {
	expect(format.share(0, 10)).toBe("0 %");
	expect(format.share(10, 10)).toBe("100 %");
	expect(format.share(1, 1_000_000)).toBe("< 0.1 %");
	expect(format.share(999_999, 1_000_000)).toBe("> 99.9 %");
	expect(format.share(1, 3)).toBe("33 %");
	expect(format.share(1, 40)).toBe("2.5 %");
	expect(format.share(1, 0)).toBe("–");
});

test("times are UTC, dates stay dates, and other text stays as it is", () => {
	expect(format.utc("2026-11-22T08:05:09Z")).toBe("2026-11-22 08:05 UTC");
	expect(format.utc("2026-11-22T01:05:00+02:00")).toBe("2026-11-21 23:05 UTC");
	expect(format.utc("2026-11-22")).toBe("2026-11-22");
	expect(format.utc("<b>soon</b>")).toBe("<b>soon</b>");
});

test("the local time tells its distance to UTC", () => {
	expect(format.local("2026-07-01T22:30:00Z"))
	    .toBe("2026-07-02 00:30 local time (UTC+02:00)");
	expect(format.local("2026-12-01T22:30:00Z"))
	    .toBe("2026-12-01 23:30 local time (UTC+01:00)");
});

test("how long ago is cut to one unit", () => {
	const now = Date.UTC(2026, 10, 22, 12);
	const cases = { "2026-11-22T11:59:30Z": "just now",
		"2026-11-22T11:55:00Z": "5 min ago", "2026-11-22T09:00:01Z": "2 h ago",
		"2026-11-21T12:00:00Z": "1 day ago", "2026-11-10T12:00:00Z":
		"12 days ago", "never": "" };
	for (const [time, want] of Object.entries(cases))
		expect(format.ago(time, now)).toBe(want);
});

test("durations", () => {
	expect([4, 59, 60, 719, 3600, 12_000, 86_400, 260_000].map(format.duration))
	    .toEqual(["4 s", "59 s", "1 min", "11 min", "1 h", "3 h 20 min", "1 day",
	        "3 days"]);
});

test("days are counted over the change of the clocks", () => {
	expect(format.addDays("2026-10-25", 1)).toBe("2026-10-26");
	expect(format.addDays("2028-03-01", -1)).toBe("2028-02-29");
	expect(format.daysBetween("2026-10-24", "2026-11-22")).toBe(29);
	expect(format.dayLabel("2026-11-02")).toBe("2 Nov");
	expect(format.dayLabel("soon")).toBe("soon");
});

test("what is long is cut between characters", () => {
	expect(format.cut("abcdef", 6)).toBe("abcdef");
	expect(format.cut("abcdefg", 6)).toBe("abcde…");
	expect(format.cut("😀😀😀", 2)).toBe("😀…");
});
