// parts/Empty.tsx -- nothing to show, and what to do about it.
import type { ComponentChildren, JSX } from "preact";

export function Empty({ title, children }: { title: string;
    children?: ComponentChildren }): JSX.Element {
	return <div class="empty"><p class="empty-title">{title}</p>
		{children && <div class="empty-next">{children}</div>}</div>;
}
