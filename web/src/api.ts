// api.ts -- talks to the API under /api/v1. Nothing else here fetches.
import type { Session } from "./types";

const TIMEOUT_MS = 20_000;
const KEPT = 100; // answers kept for their ETag

/** What to tell and what to do: away = try again by ourselves. */
export type Fault = "away" | "login" | "forbidden" | "absent" | "busy" |
    "refused";

export class ApiError extends Error {
	constructor(readonly fault: Fault, readonly status: number,
	    message: string) {
		super(message);
	}
}

interface Kept { etag: string; data: unknown }
const kept = new Map<string, Kept>();
let csrf: string | null = null;

/** The address of a resource, for links to downloads, too. */
export function address(path: string): string {
	return new URL(`api/v1/${path.replace(/^\//, "")}`, document.baseURI).href;
}

/** A list as one table: all of it, whichever page of it is shown. */
export function csvOf(path: string): string {
	const [route, query = ""] = path.split("?");
	const asked = query.split("&").filter((pair) =>
	    pair !== "" && !pair.startsWith("cursor="));
	return `${route}?${[...asked, "format=csv"].join("&")}`;
}

/** The answer that we have of an earlier GET, or undefined. */
export function remembered<T>(path: string): T | undefined {
	return kept.get(path)?.data as T | undefined;
}

export function forgetAll(): void {
	kept.clear();
}

/** GET; an unchanged answer (304) is the very object of last time. */
export async function get<T>(path: string): Promise<T> {
	const before = kept.get(path);
	const headers: Record<string, string> = { Accept: "application/json" };
	if (before) headers["If-None-Match"] = before.etag;
	const answer = await send(path, { headers });
	if (answer.status === 304 && before) return before.data as T;
	if (!answer.ok) throw await refusal(answer);
	const data = await read<T>(answer);
	const etag = answer.headers.get("ETag");
	if (etag) keep(path, { etag, data });
	return data;
}

/** The bytes of a download. */
export async function getBytes(path: string): Promise<ArrayBuffer> {
	const answer = await send(path, {});
	if (!answer.ok) throw await refusal(answer);
	return answer.arrayBuffer();
}

/** POST, PATCH, DELETE: with the token that proves it was this page. */
export async function change<T>(method: string, path: string,
    body?: unknown): Promise<T | undefined> {
	const headers: Record<string, string> = { Accept: "application/json" };
	if (csrf) headers["X-CSRF-Token"] = csrf;
	if (body !== undefined) headers["Content-Type"] = "application/json";
	const answer = await send(path, { method, headers,
		body: body === undefined ? null : JSON.stringify(body) });
	if (!answer.ok) throw await refusal(answer);
	kept.clear();
	return answer.status === 204 || answer.headers.get("Content-Length") === "0"
	    ? undefined : read<T>(answer);
}

export async function getSession(): Promise<Session> {
	const session = await get<Session>("session");
	csrf = session.csrf;
	return session;
}

async function send(path: string, init: RequestInit): Promise<Response> {
	const abort = new AbortController();
	const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
	try {
		return await fetch(address(path), { ...init, signal: abort.signal,
			credentials: "same-origin", cache: "no-store" });
	} catch {
		throw new ApiError("away", 0, "The service does not answer.");
	} finally {
		clearTimeout(timer);
	}
}

async function read<T>(answer: Response): Promise<T> {
	try {
		return await answer.json() as T;
	} catch {
		throw new ApiError("away", answer.status,
		    "The service's answer ended early.");
	}
}

function faultOf(status: number): Fault {
	if (status === 401) return "login";
	if (status === 403) return "forbidden";
	if (status === 404) return "absent";
	if (status === 429) return "busy";
	return status >= 500 ? "away" : "refused";
}

/** The reason as the service gives it (RFC 9457), or the bare status. */
async function refusal(answer: Response): Promise<ApiError> {
	let told: { title?: unknown; detail?: unknown } = {};
	try {
		told = await answer.json() as typeof told;
	} catch { /* a proxy's own page: the status has to do */ }
	const text = [told.detail, told.title]
	    .find((one) => typeof one === "string" && one !== "");
	return new ApiError(faultOf(answer.status), answer.status,
	    text ? String(text) : `The service answered ${answer.status}.`);
}

function keep(path: string, answer: Kept): void {
	kept.delete(path);
	kept.set(path, answer);
	if (kept.size > KEPT) {
		const oldest = kept.keys().next().value;
		if (oldest !== undefined) kept.delete(oldest);
	}
}
