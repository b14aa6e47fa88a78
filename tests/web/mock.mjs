// mock.mjs -- stands in for role web: the built page with the headers of the real
// one, and the API over the fixtures. Serves on a free port of 127.0.0.1.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import * as fixtures from "./fixtures.mjs";
import { hostile } from "./hostile.mjs";

export const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; " +
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; " +
    "frame-ancestors 'none'";
const HEADERS = { "Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff",
	"Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin" };
const TYPES = { html: "text/html; charset=utf-8", css: "text/css; charset=utf-8",
	js: "text/javascript; charset=utf-8", svg: "image/svg+xml" };
export const USER = "ada", PASSWORD = "correct horse battery";
export const SETUP_TOKEN = "one-time-token";
const COOKIE = "tlsrpt-session=abc", CSRF = "csrf-of-abc";

/* path -> compressed bytes, as the service has them built in. */
function pageFiles(dist) {
	const files = new Map();
	const folder = (dir) => {
		for (const entry of readdirSync(dir, { withFileTypes: true })) {
			const path = join(dir, entry.name);
			if (entry.isDirectory()) folder(path);
			else if (path.endsWith(".gz"))
				files.set(`/${relative(dist, path).slice(0, -3)}`,
				    readFileSync(path));
		}
	};
	folder(dist);
	files.set("/", files.get("/index.html"));
	return files;
}

/* The routes that only read. name: of the user, for what is his. */
const ROUTES = [
	[/^overview$/, (q) => fixtures.overview(q)],
	[/^domains\/([^/]+)\/days$/, (q, name) => fixtures.days(name, q)],
	[/^domains\/([^/]+)\/failures$/, (q, name) => fixtures.failureGroups(name, q)],
	[/^domains\/([^/]+)\/policies$/, (q, name) => fixtures.policies(name)],
	[/^domains\/[^/]+\/compare$/, () => fixtures.compare()],
	[/^domains\/[^/]+\/readiness$/, () => fixtures.readiness()],
	[/^reports$/, (q) => fixtures.reports(q)],
	[/^reports\/([^/]+)$/, (q, id) => fixtures.reportById(id)],
	[/^reports\/[^/]+\/failures$/, (q) => fixtures.details(q)],
	[/^outgoing\/days$/, (q) => fixtures.outgoingDays(q)],
	[/^outgoing\/reports$/, (q) => fixtures.outgoingReports(q)],
	[/^outgoing\/reports\/([^/]+)$/, (q, id) => fixtures.outgoingReport(id)],
	[/^outgoing\/logs$/, (q) => fixtures.outgoingLogs(q)],
	[/^outgoing\/deliveries$/, (q) => fixtures.deliveries(q)],
	[/^collectors$/, () => fixtures.collectors()],
	[/^findings$/, (q) => fixtures.findings(q)],
	[/^findings\/([^/]+)$/, (q, id) => fixtures.findingById(id)],
	[/^search$/, (q) => fixtures.search(q)],
	[/^advice$/, () => fixtures.advice()],
	[/^users$/, () => fixtures.users()],
	[/^tokens$/, () => fixtures.tokens()],
	[/^audit$/, (q) => fixtures.audit(q)],
];

/* Parameters that only some routes have; the service refuses others. */
const LIST = ["cursor", "limit", "format"], RANGE = ["from", "to"];
const RECEIVED = [...RANGE, "domain", "reporter", "trust"];
const SESSIONS = [...RECEIVED, "result-type", "mx", "receiving-ip", "sending-ip"];
const PARAMETERS = [
	[/^overview$/, RECEIVED], [/^domains\/.*\/days$/, RECEIVED],
	[/^domains\/.*\/failures$/, [...SESSIONS, "group", "level"]],
	[/^domains\/.*\/(policies|compare)$/, RECEIVED],
	[/^domains\/.*\/readiness$/, RANGE],
	[/^reports$/, [...SESSIONS, "verdict", "state", "level"]],
	[/^findings$/, [...RANGE, "domain", "finding-state", "severity", "conclusion",
		"kind"]],
	[/^outgoing\/days$/, RANGE], [/^search$/, ["q"]],
	[/^outgoing\/reports$/, [...RANGE, "date", "domain", "delivery-state"]],
	[/^outgoing\/logs$/, [...RANGE, "date", "domain", "level"]],
	[/^outgoing\/deliveries$/, ["domain", "delivery-state"]],
];
function takes(path, name) {
	const own = PARAMETERS.find(([pattern]) => pattern.test(path))?.[1] ?? [];
	return LIST.includes(name) || own.includes(name);
}

export class Mock {
	constructor(dist) {
		this.files = pageFiles(dist);
		this.reset();
		this.server = createServer((request, response) => {
			let body = "";
			request.on("data", (chunk) => { body += chunk; });
			request.on("end", () => this.answer(request, response, body));
		});
	}

	reset() {
		this.away = false; // the store is gone
		this.empty = false;
		this.setupNeeded = false;
		this.turn = null; // hostile texts, moved by so many
		this.keep = undefined;
		this.asked = []; // "GET overview 304"
		this.queries = []; // of the GETs
		this.changes = []; // { method, path, body }
	}

	async listen() {
		await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
		return `http://127.0.0.1:${this.server.address().port}/`;
	}

	async close() {
		this.server.closeAllConnections();
		await new Promise((done) => this.server.close(done));
	}

	answer(request, response, body) {
		const url = new URL(request.url, "http://mock.invalid");
		if (!url.pathname.startsWith("/api/v1/"))
			return this.file(url.pathname, response);
		const path = url.pathname.slice("/api/v1/".length);
		const status = this.api(request, response, path, url.searchParams, body);
		this.asked.push(`${request.method} ${path} ${status}`);
		this.queries.push(url.search);
	}

	file(path, response) {
		const bytes = this.files.get(path);
		if (!bytes) return response.writeHead(404, HEADERS).end();
		const ending = path === "/" ? "html" : path.split(".").pop();
		response.writeHead(200, { ...HEADERS, "Content-Encoding": "gzip",
			"Content-Type": TYPES[ending], "Content-Length": bytes.length });
		response.end(bytes);
	}

	api(request, response, path, query, body) {
		const reply = (status, answer, more = {}) => {
			const type = status >= 400 ? "application/problem+json"
			    : "application/json";
			response.writeHead(status, { ...HEADERS, "Content-Type": type,
				"Cache-Control": "private, no-cache", ...more });
			response.end(answer === undefined ? "" : JSON.stringify(answer));
			return status;
		};
		const problem = (status, title, detail) =>
		    reply(status, { status, title, detail });
		const known = (request.headers.cookie ?? "").includes(COOKIE);
		if (path === "session" && request.method === "GET")
			return reply(200, this.session(known));
		if (this.away) return problem(503, "Service Unavailable",
		    "The database does not answer.");
		if (path === "session" && request.method === "POST")
			return this.login(JSON.parse(body), reply, problem);
		if (path === "setup" && request.method === "POST")
			return this.setup(JSON.parse(body), reply, problem);
		if (!known) return problem(401, "Unauthorized", "Sign in first.");
		if (request.method !== "GET")
			return this.change(request, path, body, reply, problem);
		if (/^reports\/[^/]+\/raw$/.test(path)) return this.raw(response);
		return this.read(request, path, query, reply, problem);
	}

	session(known) {
		return { name: known ? USER : null, role: known ? "admin" : null,
			domains: null, csrf: known ? CSRF : null, expires: null,
			"setup-needed": this.setupNeeded, version: "0.1.0" };
	}

	login({ name, password }, reply, problem) {
		if (name !== USER || password !== PASSWORD)
			return problem(401, "Unauthorized", "Wrong.");
		return reply(201, {}, { "Set-Cookie":
		    `${COOKIE}; HttpOnly; SameSite=Strict; Path=/` });
	}

	setup({ token, name, password }, reply, problem) {
		if (token !== SETUP_TOKEN) return problem(403, "Forbidden", "Used up.");
		this.setupNeeded = false;
		this.changes.push({ method: "POST", path: "setup", body: { name } });
		return password ? reply(201, {}) : problem(422, "No password", "");
	}

	change(request, path, body, reply, problem) {
		if (request.headers["x-csrf-token"] !== CSRF)
			return problem(403, "Forbidden", "X-CSRF-Token is wrong.");
		this.changes.push({ method: request.method, path,
			body: body === "" ? null : JSON.parse(body) });
		if (path === "session")
			return reply(204, undefined, { "Set-Cookie":
			    "tlsrpt-session=; Max-Age=0; Path=/" });
		if (path === "session/password" && JSON.parse(body).password !== PASSWORD)
			return problem(403, "Forbidden", "That is not your password of now.");
		if (path === "tokens") return reply(201, { token: "tlsrpt_secret" });
		if (path.startsWith("findings/")) return reply(204);
		return request.method === "DELETE" ? reply(204) : reply(201, {});
	}

	raw(response) {
		response.writeHead(200, { ...HEADERS,
			"Content-Type": "application/octet-stream",
			"Content-Disposition": "attachment; filename=report.json.gz" });
		response.end(gzipSync(this.turn === null ? fixtures.RAW
		    : JSON.stringify(hostile({ a: "b", c: ["d", "e"] }, this.turn))));
		return 200;
	}

	read(request, path, query, reply, problem) {
		const route = ROUTES.find(([pattern]) => pattern.test(path));
		const odd = [...query.keys()].find((name) => !takes(path, name));
		if (odd !== undefined) return problem(400, "Bad Request",
		    `${path} has no parameter ${odd}.`);
		let answer = route?.[1](query, decodeURIComponent(
		    route[0].exec(path)[1] ?? ""));
		if (!answer) return problem(404, "Not Found", `There is no ${path}.`);
		if (this.empty) answer = fixtures.emptied(answer);
		if (this.turn !== null) answer = hostile(answer, this.turn, this.keep);
		const etag = `"${createHash("sha256").update(JSON.stringify(answer))
		    .digest("hex").slice(0, 16)}"`;
		return request.headers["if-none-match"] === etag
		    ? reply(304, undefined, { ETag: etag })
		    : reply(200, answer, { ETag: etag });
	}
}
