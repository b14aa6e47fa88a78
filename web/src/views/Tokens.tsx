// views/Tokens.tsx -- keys for programs that ask the API. A new one is shown once.
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { change } from "../api";
import { addDays, today } from "../format";
import { Form } from "../parts/Form";
import { Lines } from "../parts/Lines";
import { encode, type Place } from "../place";
import { Shown } from "../parts/Loading";
import { Pager } from "../parts/Pager";
import { Table } from "../parts/Table";
import { Time } from "../parts/Time";
import { useResource } from "../resource";
import type { List, Token } from "../types";
import { attempt, pageOf } from "./Users";

/** An admin sees those of all users. */
export function Tokens({ place, admin }: { place: Place; admin: boolean }):
    JSX.Element {
	const tokens = useResource<List<Token>>(pageOf(place, "tokens"));
	const [made, setMade] = useState<string | null>(null);
	const [error, setError] = useState<string | null>(null);
	const remove = async ({ id, name }: Token): Promise<void> => {
		if (!confirm(`Revoke the token ${name}? What uses it is refused at once.`))
			return;
		setError(await attempt(() => change("DELETE",
		    `tokens/${encode(String(id))}`)));
		tokens.again();
	};
	return <section class="panel" aria-labelledby="tokens">
		<h2 id="tokens">{admin ? "API tokens" : "Your API tokens"}</h2>
		<p class="hint">For scripts: <code>Authorization: Bearer TOKEN</code>. A token
			sees what its user sees{admin ? "; only one with scope admin changes " +
			    "anything." : ", and changes nothing."}</p>
		<div role="alert">{error && <p class="form-error">{error}</p>}</div>
		{made !== null && <div role="status"><p><strong>Copy it now, it is not shown
			again:</strong></p><Lines label="Token" text={made} /></div>}
		<Shown of={tokens}>{({ rows, next }) => rows.length === 0
		    ? <p class="muted">There is none. Make one for each program: it can be
			revoked alone.</p>
		    : <><Table caption="API tokens" rows={rows} keyOf={(row) => row.id}
		        columns={[
			{ head: "Name", cell: (row) => row.name },
			...(admin ? [{ head: "Of", cell: (row: Token) => row.user ?? "" }]
			    : []),
			{ head: "Scopes", cell: (row) => row.scopes.join(", ") },
			{ head: "Expires", cell: (row) => <Time time={row.expires} /> },
			{ head: "Last used", cell: (row) => <Time time={row["last-used"]} /> },
			{ head: "Change", cell: (row) => <button type="button" class="quiet"
			    aria-label={`Revoke ${row.name}`} onClick={() =>
			        void remove(row)}>Revoke</button> },
		]} /><Pager place={place} next={next} of="tokens" /></>}</Shown>
		<AddToken admin={admin} onMade={(token) => {
			setMade(token);
			tokens.again();
		}} />
	</section>;
}

function AddToken({ admin, onMade }: { admin: boolean;
    onMade: (token: string) => void }): JSX.Element {
	const [error, setError] = useState<string | null>(null);
	const now = today(Date.now());
	const submit = async (fields: Record<string, string>): Promise<boolean> => {
		const why = await attempt(async () => {
			const made = await change<{ token: string }>("POST", "tokens", {
				name: fields.name, scopes: [fields.scope ?? "read"],
				expires: fields.expires });
			if (made) onMade(made.token);
		});
		setError(why);
		return why === null;
	};
	return <details class="add"><summary>Make a token</summary>
		<Form submit={submit} button="Make" error={error}>
			<label class="field-wide">Name<input name="name" required
			    autocomplete="off" placeholder="what it is for" /></label>
			{admin && <label class="field-wide">Scope<select name="scope">
				<option value="read">read: looks</option>
				<option value="admin">admin: sees to users as well</option>
			</select></label>}
			<label class="field-wide">Expires<input name="expires" type="date"
			    required min={now} defaultValue={addDays(now, 365)} /></label>
		</Form></details>;
}
