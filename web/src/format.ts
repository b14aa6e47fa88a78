// format.ts -- numbers and times as people read them. Times are UTC; the local
// one is for the title. Nothing here depends on the browser's language.

const DAY_MS = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec"];

/** 1234567 -> "1,234,567"; what was not told is not zero. */
export function count(n: number | null | undefined): string {
	if (n === null || n === undefined) return "not told";
	return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** 1234567 -> "1.2 M"; for axes. */
export function short(n: number): string {
	const units: [number, string][] = [[1e12, " T"], [1e9, " G"], [1e6, " M"],
		[1e3, " k"]];
	for (const [unit, name] of units)
		if (n >= unit) return trim(n / unit) + name;
	return trim(n);
}

function trim(n: number): string {
	return n >= 100 || Number.isInteger(n) ? String(Math.round(n))
	    : n.toFixed(1).replace(/\.0$/, "");
}

/** A share for reading: never 0 % or 100 % unless it is exactly that. */
export function share(part: number, whole: number): string {
	if (whole <= 0) return "–";
	const percent = 100 * part / whole;
	if (part === 0) return "0 %";
	if (part === whole) return "100 %";
	if (percent < 0.1) return "< 0.1 %";
	if (percent > 99.9) return "> 99.9 %";
	return `${percent < 10 || percent > 90 ? percent.toFixed(1)
	    : Math.round(percent)} %`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
	return `${count(n)} ${n === 1 ? one : many}`;
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** "2026-11-22T08:05:09Z" -> "2026-11-22 08:05 UTC"; a mere date, and what is no
 * time, as it is. */
export function utc(time: string): string {
	if (DATE.test(time)) return time;
	const date = new Date(time);
	if (Number.isNaN(date.getTime())) return time;
	return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The same instant on the reader's clock. */
export function local(time: string): string {
	if (DATE.test(time)) return `${time}, a day in UTC`;
	const date = new Date(time);
	if (Number.isNaN(date.getTime())) return time;
	const two = (n: number): string => String(n).padStart(2, "0");
	const off = -date.getTimezoneOffset();
	const sign = off < 0 ? "-" : "+";
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-` +
	    `${two(date.getDate())} ${two(date.getHours())}:` +
	    `${two(date.getMinutes())} local time (UTC${sign}` +
	    `${two(Math.floor(Math.abs(off) / 60))}:${two(Math.abs(off) % 60)})`;
}

/** How long ago: "just now", "5 min ago", "3 h ago", "4 days ago". */
export function ago(time: string, now: number): string {
	const s = Math.floor((now - new Date(time).getTime()) / 1000);
	if (Number.isNaN(s)) return "";
	if (s < 60) return "just now";
	if (s < 3600) return `${Math.floor(s / 60)} min ago`;
	if (s < 86_400) return `${Math.floor(s / 3600)} h ago`;
	return `${plural(Math.floor(s / 86_400), "day")} ago`;
}

/** Seconds as "45 s", "12 min", "3 h 20 min", "2 days". */
export function duration(s: number): string {
	if (s < 60) return `${Math.round(s)} s`;
	if (s < 3600) return `${Math.floor(s / 60)} min`;
	if (s >= 86_400) return plural(Math.floor(s / 86_400), "day");
	const min = Math.floor(s % 3600 / 60);
	return `${Math.floor(s / 3600)} h${min > 0 ? ` ${min} min` : ""}`;
}

/** "2026-11-22" -> "22 Nov" */
export function dayLabel(date: string): string {
	const [, month, day] = date.split("-").map(Number);
	const name = MONTHS[(month ?? 0) - 1];
	return name && day ? `${day} ${name}` : date;
}

/** Days from one date to another: 0 is the same day. */
export function daysBetween(from: string, to: string): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The date n days later, in UTC. */
export function addDays(date: string, n: number): string {
	return new Date(Date.parse(date) + n * DAY_MS).toISOString().slice(0, 10);
}

export function today(now: number): string {
	return new Date(now).toISOString().slice(0, 10);
}

/** One line for a summary: what is long is cut, the whole is in the title. */
export function cut(text: string, max: number): string {
	const chars = [...text];
	return chars.length <= max ? text : `${chars.slice(0, max - 1).join("")}…`;
}
