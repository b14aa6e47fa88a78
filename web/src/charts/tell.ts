// charts/tell.ts -- a day in a sentence, for the line below a chart and for
// screen readers.
import { count, dayLabel, today } from "../format";
import { LEVELS, LEVEL_WORDS, total } from "../words";
import type { Levels } from "../types";

/** none: why there are no levels, where it is not for want of reports. */
export function tellDay(date: string, levels: Levels | null, none?: string):
    string {
	return `${dayLabel(date)}: ${levels !== null ? tellLevels(levels)
	    : none !== undefined ? none : date === today(Date.now())
	    ? "not over yet; reports come after midnight UTC" : tellLevels(null)}`;
}

export function tellLevels(levels: Levels | null): string {
	if (levels === null) return "no data, as no report came";
	if (total(levels) === 0) return "reports, but no session";
	return LEVELS.filter((level) => levels[level] > 0).reverse()
	    .map((level) => `${count(levels[level])} ` +
	        LEVEL_WORDS[level].label.toLowerCase())
	    .join(", ");
}
