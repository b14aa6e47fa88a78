// parts/Badge.tsx -- a state in a word, its meaning as the title.
import type { JSX } from "preact";
import { deliveryWords, trustWords, type Explained } from "../words";

export function TrustBadge({ name }: { name: string }): JSX.Element {
	return <Badge words={trustWords(name)} />;
}

export function DeliveryBadge({ name }: { name: string }): JSX.Element {
	return <Badge words={deliveryWords(name)} />;
}

export function Badge({ words }: { words: Explained }): JSX.Element {
	const mood = words.good === null ? "even" : words.good ? "good" : "bad";
	return <span class={`badge badge-${mood}`} title={words.text}>
		{words.label}</span>;
}
