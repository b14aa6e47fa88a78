// parts/Loading.tsx -- what a resource is: on its way, there, or away.
import type { ComponentChildren, JSX } from "preact";
import type { Resource } from "../resource";
import { Failure } from "./Failure";

interface Props<T> { of: Resource<T>; children: (data: T) => ComponentChildren }

/** Older data stay on the page while the service is away. */
export function Shown<T>({ of, children }: Props<T>): JSX.Element {
	const { data, error, retryAt, again } = of;
	return <>
		{error && error.fault !== "login" && <Failure error={error}
		    retryAt={retryAt} again={again} stale={data !== undefined} />}
		{data !== undefined ? children(data) : !error && <Loading />}
	</>;
}

export function Loading(): JSX.Element {
	return <p class="loading" role="status">Loading…</p>;
}
