// views/Users.tsx -- accounts: one's own tokens for everybody; users and what was
// done, for admins.
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { ApiError, change } from "../api";
import { encode, type Place } from "../place";
import { Shown } from "../parts/Loading";
import { Pager } from "../parts/Pager";
import { Table } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { AuditRow, List, Session, User } from "../types";
import { Password } from "./Password";
import { Tokens } from "./Tokens";
import { AddUser, ChangeUser } from "./UserForms";

export function Users({ place, session }: { place: Place; session: Session }):
    JSX.Element {
	const admin = session.role === "admin";
	return <>
		<div class="view-head"><h1>Accounts</h1>
			<p class="fresh">Signed in as {session.name} ({session.role})</p></div>
		{admin ? <UserList place={place} me={session.name} />
		    : <Mine session={session} />}
		<Password name={session.name} />
		<Tokens place={place} admin={admin} />
		{admin && <Audit place={place} />}
	</>;
}

/** What a change came to: null, or why it did not work. */
export async function attempt(doing: () => Promise<unknown>):
    Promise<string | null> {
	try {
		await doing();
		return null;
	} catch (caught) {
		return caught instanceof ApiError ? caught.message : String(caught);
	}
}

function Mine({ session }: { session: Session }): JSX.Element {
	return <section class="panel" aria-labelledby="mine">
		<h2 id="mine">What you see</h2>
		<p>{session.domains === null ? "All domains." : session.domains.length === 0
		    ? "No domain yet: ask an administrator for them."
		    : session.domains.join(", ")}</p>
	</section>;
}

function UserList({ place, me }: { place: Place; me: string | null }):
    JSX.Element {
	const users = useResource<List<User>>(pageOf(place, "users"));
	const [told, setTold] = useState<string | null>(null);
	const [error, setError] = useState<string | null>(null);
	const [changing, setChanging] = useState<User | null>(null);
	const remove = async (name: string): Promise<void> => {
		if (!confirm(`Remove the account ${name}? Its sessions and tokens end.`))
			return;
		setChanging(null);
		setTold(null);
		setError(await attempt(() => change("DELETE",
		    `users/${encode(name)}`)));
		users.again();
	};
	const begin = (user: User): void => {
		setTold(null);
		setError(null);
		setChanging(user);
	};
	const done = (text: string): void => {
		setChanging(null);
		setTold(text);
		users.again();
	};
	return <section class="panel" aria-labelledby="users">
		<h2 id="users">Users</h2>
		<div role="alert">{error && <p class="form-error">{error}</p>}</div>
		<div role="status">{told && <p class="form-done">{told}</p>}</div>
		<Shown of={users}>{({ rows, next }) => <><Table caption="Users"
		    rows={rows} keyOf={(row) => row.name} columns={[
			{ head: "Name", cell: (row) => <><strong>{row.name}</strong>
				{row.name === me && <span class="muted"> (you)</span>}</> },
			{ head: "Role", cell: (row) => row.role },
			{ head: "Sees", cell: (row) => row.domains === null ? "all domains"
			    : row.domains.join(", ") || "no domain" },
			{ head: "Added", cell: (row) => <Time time={row.created} /> },
			{ head: "Last signed in", cell: (row) =>
			    <Time time={row["last-login"]} /> },
			{ head: "Change", cell: (row) => <div class="tools">
				<button type="button" class="quiet" onClick={() => begin(row)}
				    aria-label={`Change ${row.name}`}>Change</button>
				{row.name !== me && <button type="button" class="quiet"
				    onClick={() => void remove(row.name)}
				    aria-label={`Remove ${row.name}`}>Remove</button>}
			</div> },
		]} /><Pager place={place} next={next} of="users" /></>}</Shown>
		{changing && <ChangeUser key={changing.name} user={changing}
		    onDone={done} onCancel={() => setChanging(null)} />}
		<AddUser onDone={done} />
	</section>;
}

/** The path of a list of which the address has the page: a view of several lists
 * has a cursor for each. */
export function pageOf(place: Place, list: string): string {
	const cursor = place.query.get(`${list}-cursor`);
	return cursor === null ? list : `${list}?cursor=${encode(cursor)}`;
}

function Audit({ place }: { place: Place }): JSX.Element {
	const audit = useResource<List<AuditRow>>(pageOf(place, "audit"));
	return <section class="panel" aria-labelledby="audit">
		<h2 id="audit">What was done</h2>
		<Shown of={audit}>{({ rows, next }) => rows.length === 0
		    ? <p class="muted">Nothing yet.</p>
		    : <><Table caption="What was done" rows={rows} csv="audit" columns={[
			{ head: "When", cell: (row) => <Time time={row.at} /> },
			{ head: "Who", cell: (row) => row.who ?? "–" },
			{ head: "What", cell: (row) => row.what },
			{ head: "To", cell: (row) => row.target ?? "" },
			{ head: "From", cell: (row) => row.from ?? "" },
		]} /><Pager place={place} next={next} of="audit" /></>}</Shown>
	</section>;
}
