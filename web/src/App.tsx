// App.tsx -- the frame around the views: who is signed in, and where we are.
import { useCallback, useEffect, useErrorBoundary, useState } from "preact/hooks";
import type { JSX } from "preact";
import { ApiError, change, forgetAll, getSession } from "./api";
import { Empty } from "./parts/Empty";
import { Failure } from "./parts/Failure";
import { Loading } from "./parts/Loading";
import { Navigation } from "./parts/Navigation";
import { go, link, usePlace, type Place } from "./place";
import { backoff, onLoggedOut } from "./resource";
import type { Session } from "./types";
import { Collectors } from "./views/Collectors";
import { Domain } from "./views/Domain";
import { Findings, OneFinding } from "./views/Findings";
import { Login } from "./views/Login";
import { Outgoing } from "./views/Outgoing";
import { OutgoingReport } from "./views/OutgoingReport";
import { Overview } from "./views/Overview";
import { Report } from "./views/Report";
import { Reports } from "./views/Reports";
import { Setup } from "./views/Setup";
import { SetupDns } from "./views/SetupDns";
import { Users } from "./views/Users";

interface Known { session: Session | undefined; error: ApiError | undefined;
    retryAt: number | undefined }

/* The session, asked for until there is an answer. */
function useSession(): [Known, () => void] {
	const [known, setKnown] = useState<Known>({ session: undefined,
		error: undefined, retryAt: undefined });
	const [turn, setTurn] = useState(0);
	const again = useCallback(() => setTurn((n) => n + 1), []);
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		let failures = 0;
		const ask = (): void => void getSession().then((session) =>
		    setKnown({ session, error: undefined, retryAt: undefined }),
		(caught: unknown) => {
			const wait = backoff(++failures);
			timer = setTimeout(ask, wait);
			setKnown((old) => ({ ...old, error: caught as ApiError,
				retryAt: Date.now() + wait }));
		});
		ask();
		return () => clearTimeout(timer);
	}, [turn]);
	return [known, again];
}

export function App(): JSX.Element {
	const [known, again] = useSession();
	const place = usePlace();
	useEffect(() => {
		onLoggedOut.call = again;
	}, [again]);
	const { session, error } = known;
	if (session === undefined)
		return <main class="gate" id="main"><h1>TLS reports</h1>{error
		    ? <Failure error={error} retryAt={known.retryAt} again={again}
		        stale={false} /> : <Loading />}</main>;
	const signedIn = (): void => {
		forgetAll();
		if (place.view === "login" || place.view === "setup")
			go(link("overview"), true);
		again();
	};
	if (session.name === null && place.view === "setup")
		return <Setup place={place} onDone={signedIn} />;
	if (session.name === null)
		return <Login setupNeeded={session["setup-needed"]} onDone={signedIn} />;
	const signOut = async (): Promise<void> => {
		await change("DELETE", "session").catch(() => undefined);
		forgetAll();
		again();
	};
	return <>
		<Navigation place={place} session={session}
		    signOut={() => void signOut()} />
		<main id="main" tabIndex={-1} class="view">
			<Guarded key={place.view + place.arg} place={place} session={session} />
		</main>
	</>;
}

interface ViewProps { place: Place; session: Session }

/* A view that cannot draw what came must not take the page with it. */
function Guarded(props: ViewProps): JSX.Element {
	const [error, reset] = useErrorBoundary();
	if (error === undefined || error === null) return <View {...props} />;
	return <Empty title="This view could not be drawn.">
		<p>{String(error)}</p>
		<p><button type="button" onClick={reset}>Try again</button></p></Empty>;
}

function View({ place, session }: ViewProps): JSX.Element {
	switch (place.view) {
	case "domain": return <Domain key={place.arg} place={place}
	    session={session} />;
	case "findings": return <Findings place={place} session={session} />;
	case "finding":
		return <OneFinding key={place.arg} place={place} session={session} />;
	case "reports": return <Reports place={place} />;
	case "report": return <Report key={place.arg} place={place} />;
	case "outgoing": return <Outgoing place={place} />;
	case "outgoing-report":
		return <OutgoingReport key={place.arg} place={place} />;
	case "collectors": return <Collectors />;
	case "setup-dns": return <SetupDns place={place} />;
	case "users": return <Users place={place} session={session} />;
	case "overview": case "login": case "setup":
		return <Overview place={place} />;
	default: return <><h1>There is no such page</h1>
		<p><a href={link("overview")}>Overview</a></p></>;
	}
}
