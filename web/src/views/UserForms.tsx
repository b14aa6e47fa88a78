// views/UserForms.tsx -- the forms that add and change a user.
import { useEffect, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import { change } from "../api";
import { list } from "../dns";
import { Form } from "../parts/Form";
import { encode } from "../place";
import type { Role, User } from "../types";
import { attempt } from "./Users";

const ROLES: [Role, string][] = [["viewer", "viewer: looks"],
	["analyst", "analyst: looks, and sees raw reports"],
	["admin", "admin: everything"]];

/** What the user sees: null is all. That must be asked for: an empty field is no
 * domain. */
export function domainsOf(fields: Record<string, string>): string[] | null {
	return fields.sees === "all" || fields.role === "admin" ? null
	    : list(fields.domains ?? "");
}

export function AddUser({ onDone }: { onDone: (told: string) => void }):
    JSX.Element {
	const [error, setError] = useState<string | null>(null);
	const submit = async (fields: Record<string, string>): Promise<boolean> => {
		const why = await attempt(() => change("POST", "users", {
			name: fields.name, role: fields.role, password: fields.password,
			domains: domainsOf(fields) }));
		setError(why);
		if (why === null) onDone(`${fields.name} can sign in now.`);
		return why === null;
	};
	return <details class="add"><summary>Add a user</summary>
		<Form submit={submit} button="Add" error={error}>
			<label class="field-wide">Name<input name="name" required
			    autocomplete="off" spellcheck={false} /></label>
			<RoleField />
			<DomainsField now={null} />
			<label class="field-wide">Password<input name="password" type="password"
			    required minlength={10} autocomplete="new-password" /></label>
		</Form></details>;
}

interface ChangeProps { user: User; onDone: (told: string) => void;
    onCancel: () => void }

export function ChangeUser({ user, onDone, onCancel }: ChangeProps): JSX.Element {
	const [error, setError] = useState<string | null>(null);
	const head = useRef<HTMLHeadingElement>(null);
	useEffect(() => head.current?.focus(), []);
	const submit = async (fields: Record<string, string>): Promise<void> => {
		const why = await attempt(() => change("PATCH",
		    `users/${encode(user.name)}`, { role: fields.role,
			domains: domainsOf(fields),
			...(fields.password ? { password: fields.password } : {}) }));
		setError(why);
		if (why === null) onDone(`${user.name} is changed.`);
	};
	return <section class="change" aria-labelledby="change">
		<h3 id="change" ref={head} tabIndex={-1}>Change {user.name}</h3>
		<Form submit={submit} button="Save" error={error} cancel={onCancel}>
			<RoleField now={user.role} />
			<DomainsField now={user.domains} />
			<label class="field-wide"><span>New password<span
			    class="muted field-hint">empty: it stays; a new one ends all
			    sessions of this user</span></span>
				<input name="password" type="password" minlength={10}
				    autocomplete="new-password" /></label>
		</Form></section>;
}

function RoleField({ now = "viewer" }: { now?: Role }): JSX.Element {
	return <label class="field-wide">Role
		<select name="role">{ROLES.map(([role, text]) => <option key={role}
		    value={role} selected={role === now}>{text}</option>)}</select></label>;
}

/* now: null is all. */
function DomainsField({ now }: { now: string[] | null }): JSX.Element {
	const [all, setAll] = useState(now === null);
	return <>
		<label class="field-wide">Sees<select name="sees" onChange={(event) =>
		    setAll(event.currentTarget.value === "all")}>
			<option value="all" selected={now === null}>all domains</option>
			<option value="some" selected={now !== null}>only the domains below
			</option></select></label>
		<label class="field-wide"><span>Domains<span class="muted field-hint">
			an admin sees all</span></span>
			<input name="domains" placeholder="example.com, example.org"
			    defaultValue={now?.join(", ") ?? ""} disabled={all}
			    spellcheck={false} /></label>
	</>;
}
