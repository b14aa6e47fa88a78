// views/Users.tsx -- accounts: one's own tokens for everybody; users and what was
// done, for admins.
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { ApiError, change } from "../api";
import { list } from "../dns";
import { Form } from "../parts/Form";
import { encode } from "../place";
import { Shown } from "../parts/Loading";
import { Table } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { AuditRow, List, Session, User } from "../types";
import { Tokens } from "./Tokens";

export function Users({ session }: { session: Session }): JSX.Element {
	const admin = session.role === "admin";
	return <>
		<div class="view-head"><h1>Accounts</h1>
			<p class="fresh">Signed in as {session.name} ({session.role})</p></div>
		{admin && <UserList me={session.name} />}
		<Tokens />
		{admin && <Audit />}
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

function UserList({ me }: { me: string | null }): JSX.Element {
	const users = useResource<List<User>>("users");
	const [error, setError] = useState<string | null>(null);
	const remove = async (name: string): Promise<void> => {
		if (!confirm(`Remove the account ${name}? Its sessions and tokens end.`))
			return;
		setError(await attempt(() => change("DELETE",
		    `users/${encode(name)}`)));
		users.again();
	};
	return <section class="panel" aria-labelledby="users">
		<h2 id="users">Users</h2>
		{error && <p class="form-error" role="alert">{error}</p>}
		<Shown of={users}>{({ rows }) => <Table caption="Users" rows={rows}
		    keyOf={(row) => row.name} columns={[
			{ head: "Name", cell: (row) => <strong>{row.name}</strong> },
			{ head: "Role", cell: (row) => row.role },
			{ head: "Sees", cell: (row) => row.domains === null ? "all domains"
			    : row.domains.join(", ") || "no domain" },
			{ head: "Last signed in", cell: (row) =>
			    <Time time={row["last-login"]} /> },
			{ head: "Change", cell: (row) => row.name === me
			    ? <span class="muted">you</span>
			    : <button type="button" class="quiet" onClick={() =>
			        void remove(row.name)} aria-label={`Remove ${row.name}`}>
				Remove</button> },
		]} />}</Shown>
		<AddUser onDone={users.again} />
	</section>;
}

function AddUser({ onDone }: { onDone: () => void }): JSX.Element {
	const [error, setError] = useState<string | null>(null);
	const [done, setDone] = useState<string | null>(null);
	const submit = async (fields: Record<string, string>): Promise<void> => {
		const domains = list(fields.domains ?? "");
		const told = await attempt(() => change("POST", "users", {
			name: fields.name, role: fields.role, password: fields.password,
			domains: domains.length === 0 ? null : domains }));
		setError(told);
		setDone(told === null ? `${fields.name} can sign in now.` : null);
		if (told === null) onDone();
	};
	return <details class="add"><summary>Add a user</summary>
		<Form submit={submit} button="Add" error={error} done={done}>
			<label class="field-wide">Name<input name="name" required
			    autocomplete="off" spellcheck={false} /></label>
			<label class="field-wide">Role
				<select name="role"><option value="viewer">viewer: looks</option>
					<option value="analyst">analyst: looks, and sees raw reports</option>
					<option value="admin">admin: everything</option></select></label>
			<label class="field-wide"><span>Domains<span class="muted field-hint">
				what the user may see; empty: all</span></span>
				<input name="domains" placeholder="example.com, example.org"
				    spellcheck={false} /></label>
			<label class="field-wide">Password<input name="password" type="password"
			    required minlength={10} autocomplete="new-password" /></label>
		</Form></details>;
}

function Audit(): JSX.Element {
	const audit = useResource<List<AuditRow>>("audit");
	return <section class="panel" aria-labelledby="audit">
		<h2 id="audit">What was done</h2>
		<Shown of={audit}>{({ rows }) => rows.length === 0
		    ? <p class="muted">Nothing yet.</p>
		    : <Table caption="What was done" rows={rows} csv="audit" columns={[
			{ head: "When", cell: (row) => <Time time={row.at} /> },
			{ head: "Who", cell: (row) => row.who ?? "–" },
			{ head: "What", cell: (row) => row.what },
			{ head: "To", cell: (row) => row.target ?? "" },
			{ head: "From", cell: (row) => row.from ?? "" },
		]} />}</Shown>
	</section>;
}
