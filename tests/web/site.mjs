// site.mjs -- what is tested: the page over the mock, or, with TLSRPT_WEB_URL, a
// service that runs, with an account in TLSRPT_WEB_USER and TLSRPT_WEB_PASSWORD.
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, openPage, signIn } from "./browser.mjs";
import { Mock, PASSWORD, USER } from "./mock.mjs";

export const REAL = process.env.TLSRPT_WEB_URL;
export const SHOTS = process.env.TLSRPT_WEB_SHOTS ??
    fileURLToPath(new URL("../../build/web-shots", import.meta.url));
const DIST = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** What a test file needs, made before its tests and ended after them. */
export function useSite() {
	const site = { mock: null, base: REAL, browser: null, state: undefined,
		user: process.env.TLSRPT_WEB_USER ?? USER,
		password: process.env.TLSRPT_WEB_PASSWORD ?? PASSWORD };
	before(async () => {
		if (!REAL) {
			site.mock = new Mock(DIST);
			site.base = await site.mock.listen();
		}
		site.browser = await launch();
		const { page, context } = await openPage(site.browser, site.base);
		await signIn(page, site.base, site.user, site.password);
		site.state = await context.storageState();
		await context.close();
	});
	after(async () => {
		await site.browser?.close();
		await site.mock?.close();
	});
	return site;
}

/** Runs with a page that is signed in; what must not happen fails the test. */
export async function withPage(site, options, run) {
	site.mock?.reset();
	const opened = await openPage(site.browser, site.base,
	    { storageState: site.state, ...options });
	try {
		await run(opened.page, opened);
	} catch (error) {
		error.message += `\n${opened.faults.join("\n")}`;
		throw error;
	} finally {
		await opened.context.close();
	}
	if (opened.faults.length > 0) throw new Error(opened.faults.join("\n"));
}
