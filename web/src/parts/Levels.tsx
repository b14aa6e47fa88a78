// parts/Levels.tsx -- the protection levels side by side, each with its own
// number: there is no one percentage in which they could be added up.
import type { JSX } from "preact";
import { strip } from "../charts/scale";
import { tellLevels } from "../charts/tell";
import { count } from "../format";
import { linkWith, type Place } from "../place";
import { failing, LEVELS, LEVEL_WORDS, total } from "../words";
import type { Levels } from "../types";

export function LevelStrip({ levels, tall = false }: { levels: Levels | null;
    tall?: boolean }): JSX.Element {
	const told = tellLevels(levels);
	return <svg class={tall ? "strip strip-tall" : "strip"} role="img"
	    aria-label={told}>
		<title>{told}</title>
		{levels === null || total(levels) === 0
		    ? <rect class="cell-none" width="100%" height="100%" />
		    : strip(levels).map(({ level, start, width }) =>
			<rect key={level} class={`lv-${level}`} height="100%"
			    x={`${start.toFixed(3)}%`} width={`${width.toFixed(3)}%`} />)}
	</svg>;
}

/** What nobody vouches for is told apart, and only if there is any. */
export function Beside({ levels, place }: { levels: Levels | null | undefined;
    place: Place }): JSX.Element | null {
	if (!levels || total(levels) === 0) return null;
	return <p class="beside">Not in these numbers: unauthenticated reports, by
		HTTPS, tell of {count(total(levels))} more sessions, of which{" "}
		{count(failing(levels))} failed.{" "}
		<a href={linkWith(place, { trust: "unauthenticated" })}>Show them</a></p>;
}

export function LevelFigures({ levels }: { levels: Levels }): JSX.Element {
	return <dl class="figures">
		{LEVELS.map((level) => <div key={level}
		    class={`figure figure-${level}${levels[level] === 0 ? " zero" : ""}`}>
			<dt>{LEVEL_WORDS[level].label}</dt>
			<dd class="figure-n">{count(levels[level])}</dd>
			<dd class="figure-text">{LEVEL_WORDS[level].text}</dd>
		</div>)}
	</dl>;
}
