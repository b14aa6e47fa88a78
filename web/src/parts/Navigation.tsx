// parts/Navigation.tsx -- the views, the search, and who is signed in.
import type { JSX } from "preact";
import { linkTo, type Place } from "../place";
import type { Session } from "../types";
import { Search } from "./Search";

const VIEWS: [string, string][] = [["overview", "Overview"],
	["findings", "Findings"], ["reports", "Reports"], ["outgoing", "Outgoing"],
	["collectors", "Collectors"], ["setup-dns", "DNS set-up"],
	["users", "Accounts"]];

interface Props { place: Place; session: Session; signOut: () => void }

export function Navigation({ place, session, signOut }: Props): JSX.Element {
	const here = place.view === "domain" ? "overview"
	    : place.view === "finding" ? "findings"
	    : place.view === "report" ? "reports"
	    : place.view === "outgoing-report" ? "outgoing" : place.view;
	return <header class="top">
		<a class="skip" href="#main" onClick={(event) => {
			event.preventDefault(); // the hash is the route
			document.getElementById("main")?.focus();
		}}>Skip to the content</a>
		<span class="brand">TLS reports</span>
		<nav aria-label="Views">{VIEWS.map(([view, label]) =>
			<a key={view} href={linkTo(place, view)}
			    aria-current={here === view ? "page" : undefined}>
				{label}</a>)}</nav>
		<Search place={place} />
		<div class="who"><span class="muted">{session.name}</span>
			<button type="button" class="quiet" onClick={signOut}>
				Sign out</button></div>
	</header>;
}
