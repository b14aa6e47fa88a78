// parts/Failure.tsx -- the service or its store is away, or refuses.
import { useEffect, useState } from "preact/hooks";
import type { JSX } from "preact";
import type { ApiError } from "../api";

interface Props { error: ApiError; retryAt: number | undefined;
    again: () => void; stale: boolean }

export function Failure({ error, retryAt, again, stale }: Props): JSX.Element {
	return <div class="failure" role="alert">
		<p class="failure-title">{titleOf(error)}</p>
		<p>{error.message}{" "}
			{stale && "What is shown below is older. "}
			{retryAt !== undefined && <Countdown to={retryAt} />}</p>
		{error.fault !== "forbidden" && <p><button type="button" onClick={again}>
			Try now</button></p>}
	</div>;
}

function titleOf(error: ApiError): string {
	switch (error.fault) {
	case "away": return error.status === 503 ? "The store cannot be reached"
	    : "The service cannot be reached";
	case "busy": return "Too many requests";
	case "forbidden": return "This is not for your account";
	case "absent": return "There is no such thing here";
	case "login": return "You are not signed in";
	default: return "The service refuses";
	}
}

/* Not announced each second: only the text of the alert is. */
function Countdown({ to }: { to: number }): JSX.Element {
	const [now, setNow] = useState(Date.now());
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, []);
	const s = Math.max(0, Math.ceil((to - now) / 1000));
	return <span aria-live="off">
		{s > 0 ? `Tried again by itself in ${s} s.` : "Trying again…"}</span>;
}
