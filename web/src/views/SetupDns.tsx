// views/SetupDns.tsx -- what to publish and to configure, made from a few fields.
// They are in the address: a filled form can be handed on.
import type { JSX } from "preact";
import { isDomain, list, postfixLines, rua, socketLines, stsPolicy, stsRecord,
	tlsrptRecord } from "../dns";
import { go, linkWith, type Place } from "../place";
import { Lines } from "../parts/Lines";

export function SetupDns({ place }: { place: Place }): JSX.Element {
	return <>
		<div class="view-head"><h1>DNS set-up</h1>
			<p class="fresh">Lines to paste; nothing is changed from here</p></div>
		<div class="setup"><AskForReports place={place} />
			<Sts place={place} />
			<Postfix place={place} /></div>
	</>;
}

interface FieldProps { place: Place; name: string; label: string; hint?: string;
    placeholder: string }

function Field({ place, name, label, hint, placeholder }: FieldProps):
    JSX.Element {
	return <label class="field-wide"><span>{label}
		{hint && <span class="muted field-hint">{hint}</span>}</span>
		<input value={place.query.get(name) ?? ""} placeholder={placeholder}
		    spellcheck={false} autocomplete="off" onInput={(event) =>
		        go(linkWith(place, { [name]: event.currentTarget.value }), true)} />
	</label>;
}

function domainOf(place: Place): string {
	const typed = (place.query.get("name") ?? "").trim().toLowerCase();
	return typed.replace(/\.$/, "");
}

function AskForReports({ place }: { place: Place }): JSX.Element {
	const domain = domainOf(place);
	const typed = list(place.query.get("rua") ?? "");
	const ruas = typed.map(rua);
	const wrong = domain !== "" && !isDomain(domain);
	return <section class="panel" aria-labelledby="ask">
		<h2 id="ask">1. Ask for reports about your domain</h2>
		<p class="hint">One TXT record is enough. Large senders will then report once a
			day what they saw when they delivered mail to you (RFC 8460).</p>
		<div class="form-grid">
			<Field place={place} name="name" label="Your domain"
			    placeholder="example.com" />
			<Field place={place} name="rua" label="Where reports go"
			    hint="mail addresses or https: addresses, with commas between"
			    placeholder="tls-reports@example.com" />
		</div>
		{wrong && <p class="form-error" role="alert">This is not a domain name. Write
			names of other scripts as A-labels (xn--…).</p>}
		{ruas.map(({ uri, fault }, i) => fault !== null &&
		    <p class="form-error" role="alert" key={i}>{uri}: {fault}</p>)}
		<Lines label="TXT record of _smtp._tls" text={tlsrptRecord(domain && !wrong ? domain
		    : "example.com", ruas.some(({ fault }) => fault === null)
		    ? ruas.filter(({ fault }) => fault === null).map(({ uri }) => uri)
		    : ["mailto:tls-reports@example.com"])} />
		<p class="hint">There must be exactly one such record: with two, senders take
			the domain as having none (s3).</p>
	</section>;
}

function Sts({ place }: { place: Place }): JSX.Element {
	const domain = isDomain(domainOf(place)) ? domainOf(place) : "example.com";
	const mxs = list(place.query.get("mx") ?? "");
	const mode = place.query.get("mode") === "enforce" ? "enforce" : "testing";
	const policy = stsPolicy(mxs.length > 0 ? mxs : [`mx1.${domain}`], mode);
	return <section class="panel" aria-labelledby="sts">
		<h2 id="sts">2. Have senders insist on TLS (MTA-STS)</h2>
		<p class="hint">Begin with mode testing, look at the reports for some weeks,
			then go on to enforce: the domain's own page tells when it is safe.</p>
		<div class="form-grid">
			<Field place={place} name="mx" label="Your MX hosts"
			    hint="as the MX records name them" placeholder={`mx1.${domain}`} />
			<label class="field-wide">Mode
				<select value={mode} onChange={(event) => go(linkWith(place,
				    { mode: event.currentTarget.value }), true)}>
					<option value="testing">testing</option>
					<option value="enforce">enforce</option></select></label>
		</div>
		<Lines label={`https://mta-sts.${domain}/.well-known/mta-sts.txt`}
		    text={policy} />
		<Lines label="TXT record of _mta-sts" text={stsRecord(domain, Date.now())} />
		<ul class="reasons"><li>Change the record's id after each change of the
			policy, else senders keep the old one.</li>
			<li>The web server needs a certificate for mta-sts.{domain} that browsers
				accept; redirects are not followed (RFC 8461 s3.3).</li>
			<li>Before an MX host is added, add it to the policy, and wait for
				max_age.</li></ul>
	</section>;
}

function Postfix({ place }: { place: Place }): JSX.Element {
	const chroot = place.query.get("chroot") !== "no";
	return <section class="panel" aria-labelledby="postfix">
		<h2 id="postfix">3. Report to others: connect Postfix (3.10 or newer)</h2>
		<label class="check"><input type="checkbox" checked={chroot}
		    onChange={(event) => go(linkWith(place, { chroot:
		        event.currentTarget.checked ? null : "no" }), true)} />
			smtp runs chrooted, as Debian has it (column 5 of master.cf)</label>
		<Lines label="main.cf" text={postfixLines(chroot)} />
		<Lines label="tlsrptd.conf" text={socketLines(chroot)} />
		<Lines label="/etc/sysctl.d/tlsrptd.conf"
		    text="net.unix.max_dgram_qlen = 512" />
		<p class="hint">{chroot ? "The socket's name in main.cf is relative to the " +
		    "queue directory, which is all that a chrooted process can see. " : ""}
			The kernel lets only 10 datagrams wait unless told otherwise; set it
			before tlsrptd starts.</p>
	</section>;
}
