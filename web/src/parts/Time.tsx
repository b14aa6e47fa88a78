// parts/Time.tsx -- an instant in UTC, with the local one as its title.
import type { JSX } from "preact";
import { ago, local, utc } from "../format";

interface Props { time: string | null | undefined; relative?: boolean }

export function Time({ time, relative = false }: Props): JSX.Element {
	if (!time) return <span class="muted">never</span>;
	const text = utc(time);
	return relative
	    ? <time dateTime={time} title={`${text}; ${local(time)}`}>
		{ago(time, Date.now())}</time>
	    : <time dateTime={time} title={local(time)}>{text}</time>;
}
