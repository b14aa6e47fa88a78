// resource.ts -- a GET that stays fresh: repeated while the page is looked at,
// and tried again, ever more slowly, while the service is away.
import { useEffect, useState } from "preact/hooks";
import { ApiError, get, remembered } from "./api";

const FRESH_MS = 60_000;
const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 60_000;

export interface Resource<T> {
	data: T | undefined; // of an earlier answer while error is set
	error: ApiError | undefined;
	retryAt: number | undefined; // ms since the epoch
	again: () => void;
}

/** How long to wait after so many failures in a row. */
export function backoff(failures: number): number {
	return Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MAX_MS);
}

/** Whoever shows the login form hears here that a session is over. */
export const onLoggedOut: { call: () => void } = { call: () => {} };

type State<T> = Pick<Resource<T>, "data" | "error" | "retryAt"> &
    { path: string | null };

/** path null: nothing is asked for yet. */
export function useResource<T>(path: string | null,
    every = FRESH_MS): Resource<T> {
	const [state, setState] = useState<State<T>>(() => start<T>(path));
	const [turn, setTurn] = useState(0);

	useEffect(() => {
		if (path === null) return;
		let over = false;
		let timer: ReturnType<typeof setTimeout> | undefined;
		let failures = 0;
		const later = (ms: number): void => {
			clearTimeout(timer);
			timer = setTimeout(() => void ask(), ms);
		};
		const ask = async (): Promise<void> => {
			if (document.hidden && failures === 0) return later(every);
			try {
				const data = await get<T>(path);
				if (over) return;
				failures = 0;
				setState({ path, data, error: undefined,
					retryAt: undefined });
				later(every);
			} catch (caught) {
				if (over) return;
				failed(asApiError(caught));
			}
		};
		const failed = (error: ApiError): void => {
			failures++;
			if (error.fault === "login") onLoggedOut.call();
			const retries = error.fault === "away" || error.fault === "busy";
			const wait = backoff(failures);
			setState((old) => ({ path,
				data: old.path === path ? old.data : undefined, error,
				retryAt: retries ? Date.now() + wait : undefined }));
			if (retries) later(wait);
		};
		const shown = (): void => {
			if (!document.hidden) void ask();
		};
		document.addEventListener("visibilitychange", shown);
		void ask();
		return () => {
			over = true;
			clearTimeout(timer);
			document.removeEventListener("visibilitychange", shown);
		};
	}, [path, every, turn]);

	const now = state.path === path ? state : start<T>(path);
	return { data: now.data, error: now.error, retryAt: now.retryAt,
		again: () => setTurn(turn + 1) };
}

function start<T>(path: string | null): State<T> {
	return { path, data: path === null ? undefined : remembered<T>(path),
		error: undefined, retryAt: undefined };
}

function asApiError(caught: unknown): ApiError {
	return caught instanceof ApiError ? caught
	    : new ApiError("refused", 0, String(caught));
}
