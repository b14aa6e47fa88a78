// use.test.mjs -- the address is the state; keyboard; pages; the service away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, settled } from "./browser.mjs";
import { dateOf, report, reports } from "./fixtures.mjs";
import { REAL, useSite, withPage } from "./site.mjs";

const site = useSite();
const skip = REAL;

async function focused(page) {
	return page.evaluate(() => {
		const one = document.activeElement;
		return `${one?.tagName.toLowerCase()} ${one?.getAttribute("aria-label") ??
		    one?.textContent?.trim().slice(0, 40)}`;
	});
}

/* Presses Tab until what has the focus matches. */
async function tabTo(page, pattern) {
	const seen = [];
	for (let i = 0; i < 80; i++) {
		await page.keyboard.press("Tab");
		const now = await focused(page);
		if (pattern.test(now)) return;
		seen.push(now);
	}
	assert.fail(`${pattern} is not reached by Tab: ${seen.join(" | ")}`);
}

test("a filter goes into the address, and from there to the API", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/domain/shop.example`);
	await settled(page);
	await page.getByRole("link", { name: "7 days" }).click();
	await page.getByRole("combobox", { name: "Trust" }).selectOption("all");
	await page.getByText("More filters").click();
	await page.getByRole("combobox", { name: "Failure" }).selectOption("certificate-expired");
	await settled(page);
	const query = new URLSearchParams(page.url().split("?")[1]);
	assert.deepEqual(Object.fromEntries(query), { days: "7", trust: "all",
		"result-type": "certificate-expired" });
	assert.ok(site.mock.queries.some((one) => one.includes(`from=${dateOf(6)}`)));
	const first = await page.locator(".tick").allTextContents();
	await page.reload(); // the address is all there is
	await settled(page);
	assert.deepEqual(await page.locator(".tick").allTextContents(), first);
	await page.goBack();
	await settled(page);
	assert.doesNotMatch(page.url(), /result-type/);
}));

test("what failed by machine leads to the filter of that machine", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/domain/shop.example`);
	await page.getByRole("link", { name: "By receiving IP" }).click();
	await page.getByRole("link", { name: "2001:db8::25" }).click();
	await page.waitForFunction(() =>
	    location.hash.includes("receiving-ip=2001%3Adb8%3A%3A25"));
}));

test("reports that were set aside are listed by why", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/overview?trust=authenticated`);
	await settled(page);
	const trust = page.locator(".panel").filter({ hasText: "be trusted?" });
	await trust.getByRole("link", { name: "Duplicate" }).click();
	await settled(page);
	assert.ok(site.mock.queries.some((one) => /state=duplicate/.test(one) &&
	    !/trust=authenticated/.test(one)));
	await page.getByRole("combobox", { name: "State" }).selectOption("untrusted");
	await page.getByRole("combobox", { name: "Verdict" }).selectOption("failed");
	await settled(page);
	assert.match(page.url(), /#\/reports\?state=untrusted&verdict=failed$/);
	const states = await page.locator("tbody td[data-label=State]")
	    .allInnerTexts();
	assert.ok(states.length > 10);
	assert.deepEqual([...new Set(states)], ["Untrusted"]);
	const csv = await page.getByRole("link", { name: "Download as CSV" })
	    .getAttribute("href");
	assert.match(csv, /verdict=failed&state=untrusted.*format=csv/);
}));

test("the overview and a report have their tables as CSV", { skip }, () =>
    withPage(site, {}, async (page) => {
	const csvs = () => page.getByRole("link", { name: /^Download as CSV/ })
	    .evaluateAll((all) => all.map((one) => one.getAttribute("href")));
	await page.goto(`${site.base}#/overview?trust=authenticated`);
	await settled(page);
	assert.match(await page.locator(".headline-more").innerText(),
	    /The last on \d{4}-\d\d-\d\d\. Worst:/);
	assert.deepEqual(await csvs(), [
		`${site.base}api/v1/overview?trust=authenticated&format=csv`,
		`${site.base}api/v1/reporters?trust=authenticated&format=csv`]);
	await page.goto(`${site.base}#/report/${report(16).id}`);
	await settled(page);
	assert.ok((await csvs()).some((one) =>
	    /reports\/[^/]+\/policies\?format=csv$/.test(one)));
}));

test("a log's domain is a filter", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/outgoing?part=logs`);
	await page.getByRole("link", { name: "old.example" }).click();
	await settled(page);
	assert.match(page.url(), /domain=old\.example/);
	assert.ok(site.mock.queries.some((one) => /domain=old\.example/.test(one)));
}));

test("deliveries by their state, and back", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/outgoing?part=deliveries`);
	await page.getByRole("combobox", { name: "Delivery" })
	    .selectOption("given-up");
	await settled(page);
	assert.equal(await page.locator("tbody tr").count(), 1);
	await page.getByRole("combobox", { name: "Delivery" })
	    .selectOption("cancelled");
	await page.getByRole("link", { name: "Take the filters away" }).click();
	await settled(page);
	assert.equal(await page.locator("tbody tr").count(), 3);
}));

test("failures by protection, and who else sees them", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/domain/shop.example`);
	const failed = page.locator(".panel").filter({ hasText: "What failed" });
	await failed.getByText("All 4 reporters tell of it").waitFor();
	await failed.getByText("Only one of 4 reporters").first().waitFor();
	await failed.getByText("Nobody vouches for these reports").waitFor();
	await page.getByText("More filters").click();
	await page.getByRole("combobox", { name: "Protection" })
	    .selectOption("cleartext-or-unknown");
	await settled(page);
	assert.deepEqual(await failed.locator("h3").allInnerTexts(),
	    ["STARTTLS was not offered"]);
}));

test("failures by the policy that reporters saw", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/domain/shop.example`);
	await page.getByRole("link", { name: "By policy seen" }).click();
	const table = page.getByRole("table", { name: "Failures by Policy seen" });
	await table.waitFor();
	const rows = await table.locator("tbody tr").allInnerTexts();
	assert.equal(rows.length, 2);
	assert.match(rows[0], /MTA-STS.*of shop\.example.*mode: enforce.*3,021/s);
	assert.match(rows[1], /MTA-STS.*of shop\.example.*mode: testing.*85/s);
}));

test("changes are marked on the chart, and in its table", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/domain/shop.example`);
	await page.locator(".flag-mx").first().waitFor();
	const marks = page.locator(".flag:not(.flag-finding) title");
	assert.deepEqual(await marks.allTextContents().then(
	    (all) => all.map((one) => one.trim().replace(/ \(\d+ \w+\)$/, ""))), [
		"Other MX hosts, MTA-STS of shop.example: mx1.shop.example; " +
		    "mx3.shop.example",
		"Another policy, MTA-STS of shop.example: version: STSv1; " +
		    "mode: enforce",
		"The certificate has expired: first reported",
		"The certificate has expired: not reported any more"]);
	await page.getByRole("button", { name: "Table" }).click();
	await page.getByRole("cell", { name: "has expired: first reported" })
	    .waitFor();
}));

test("our own days have their levels, as a chart and as a table", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/outgoing`);
	await page.locator(".days").waitFor();
	assert.ok(await page.locator(".days .lv-encrypted").count() > 20);
	await page.getByRole("button", { name: "Table" }).click();
	const table = page.getByRole("table", { name: "Sessions per day" });
	assert.deepEqual((await table.getByRole("columnheader").allTextContents())
	    .slice(1), ["Authenticated", "Testing", "Encrypted, peer unknown",
		"Cleartext or unknown", "Not sent"]);
}));

/* From now on each answer has one session more than the one before. */
async function giveNews(page) {
	let more = 0;
	await page.route("**/api/v1/reports?*", (route) => {
		const { rows, next } = reports(new URLSearchParams());
		more++;
		return route.fulfill({ json: { next, rows: rows.map((one) =>
		    ({ ...one, succeeded: one.succeeded + more })) } });
	});
	return async () => {
		const news = String(report(12).succeeded + more + 1);
		await page.clock.fastForward(61_000);
		await page.locator("tbody tr").nth(12).getByText(news).waitFor();
	};
}

test("a refresh leaves the focus, the place and what is half typed", { skip }, () =>
    withPage(site, { viewport: { width: 1280, height: 500 } }, async (page) => {
	await page.clock.install();
	await page.goto(`${site.base}#/reports`);
	await settled(page);
	const refresh = await giveNews(page);
	await page.locator("tbody a").nth(12).focus();
	const place = () => page.evaluate(() => [
		document.activeElement.getAttribute("href"), window.scrollY]);
	const before = await place();
	assert.ok(before[1] > 0);
	await refresh();
	assert.deepEqual(await place(), before);
	const field = page.getByRole("searchbox", { name: "Reporter" });
	await field.pressSequentially("half a na");
	await refresh();
	assert.equal(await field.inputValue(), "half a na");
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => location.hash.endsWith("reporter=half+a+na"));
}));

test("on paper are the numbers, what they are about, and no controls", { skip }, () =>
    withPage(site, { colorScheme: "dark" }, async (page) => {
	await page.goto(`${site.base}#/domain/shop.example?reporter=google.com`);
	await settled(page);
	await page.emulateMedia({ media: "print" });
	await page.setViewportSize({ width: 720, height: 1000 });
	assert.equal(await page.locator(".top, .tools button, select").filter(
	    { visible: true }).count(), 0);
	assert.match(await page.locator(".printed").innerText(),
	    /^\d{4}-\d\d-\d\d to .* \(UTC\); Reporter: google\.com; printed /);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <=
	    window.innerWidth && document.querySelector(".days")
	        .getBoundingClientRect().right <= window.innerWidth));
	assert.equal(await page.evaluate(() =>
	    getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
}));

test("the heat map is walked by keys", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/overview`);
	await settled(page);
	await tabTo(page, /^svg Days of shop\.example/);
	const readout = page.locator(".readout");
	for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowLeft");
	assert.match(await readout.textContent(), /^shop\.example, .*not sent/);
	await page.keyboard.press("ArrowDown");
	assert.match(await focused(page), /Days of dane\.example/);
	await page.keyboard.press("Home");
	await page.keyboard.press("End");
	assert.match(await page.evaluate(() =>
	    document.activeElement.getAttribute("aria-valuetext")), /not over yet/);
	await page.keyboard.press("Tab"); // one stop for the whole map
	assert.doesNotMatch(await focused(page), /^svg Days of/);
}));

test("a domain is reached and read by keys alone", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/overview`);
	await settled(page);
	await tabTo(page, /^a dane\.example/);
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "dane.example", level: 1 }).waitFor();
	await settled(page);
	await tabTo(page, /^svg Sessions per day/);
	await page.keyboard.press("ArrowLeft");
	assert.match(await page.locator(".chart .readout").textContent(),
	    /authenticated/);
	await tabTo(page, /^a By MX host/);
	await page.keyboard.press("Enter");
	await page.getByRole("link", { name: "mx1.shop.example" }).waitFor();
}));

test("each chart has its numbers as a table", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/domain/shop.example`);
	await settled(page);
	const panel = page.locator(".panel").filter({ hasText: "Sessions per day" });
	await panel.getByRole("button", { name: "Table" }).click();
	await panel.getByRole("table").waitFor();
	assert.equal(await panel.locator("tbody tr").count(), 30);
	assert.match(page.url(), /table=days/);
	assert.deepEqual(await axe(page), []);
}));

test("a report of 100,000 details is shown page by page", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/report/${report(16).id}`);
	await settled(page);
	const details = page.locator(".panel").filter({ hasText: "Failure details" });
	assert.equal(await details.locator("tbody tr").count(), 100);
	await details.getByRole("link", { name: "Next page" }).click();
	await page.waitForFunction(() => location.hash.includes("cursor=100"));
	await settled(page);
	assert.equal(await details.locator("tbody tr").count(), 100);
	await page.goto(`${site.base}#/report/${report(16).id}?cursor=99900`);
	await details.getByText("This is the last page.").waitFor();
}));

test("a report says what its sessions were and what its failures did", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/report/${report(16).id}`);
	await page.getByText(/succeeded \(Authenticated\), 310 failed \(Not sent\)/)
	    .waitFor();
}));

test("the bytes of a report are shown as they came", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/report/${report(16).id}`);
	await page.getByRole("button", { name: "Show" }).click();
	await page.locator("#raw-text").waitFor();
	const text = await page.locator("#raw-text").innerText();
	assert.match(text, /"total-successful-session-count": 9007199254740993,/);
	assert.deepEqual(await axe(page), []);
}));

test("the search finds a domain", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/overview`);
	await page.getByLabel("Search").fill("dane");
	await page.getByRole("link", { name: "dane.example" }).first().waitFor();
	assert.deepEqual(await axe(page), []);
	await page.locator(".found a").click();
	await page.getByRole("heading", { name: "dane.example", level: 1 }).waitFor();
}));

test("the store is gone: it is told, and comes back by itself", { skip }, () =>
    withPage(site, {}, async (page, { allow }) => {
	allow(/status of 503/);
	site.mock.away = true;
	await page.goto(`${site.base}#/overview`);
	await page.getByText("The store cannot be reached").waitFor();
	assert.deepEqual(await axe(page), []);
	site.mock.away = false;
	await page.locator(".figure").first().waitFor({ timeout: 15_000 });
	assert.equal(await page.getByText("cannot be reached").count(), 0);
}));

test("what is on the page stays while the store is gone", { skip }, () =>
    withPage(site, {}, async (page, { allow }) => {
	allow(/status of 503/);
	await page.clock.install();
	await page.goto(`${site.base}#/overview`);
	await page.locator(".figure").first().waitFor();
	site.mock.away = true;
	await page.clock.fastForward(61_000);
	await page.getByText("What is shown below is older.").waitFor();
	assert.equal(await page.locator(".figure").count(), 5);
}));

test("a refresh without news is a 304", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.clock.install();
	await page.goto(`${site.base}#/collectors`);
	await settled(page);
	const again = page.waitForResponse((one) => one.url().endsWith("/collectors"));
	await page.clock.fastForward(61_000);
	assert.equal((await again).status(), 304);
	await page.getByText("mx-out1.example.com").waitFor();
}));

test("a report that is not there says so, and where the others are", { skip }, () =>
    withPage(site, {}, async (page, { allow }) => {
	allow(/status of 404/);
	for (const [hash, list] of [["#/report/gone", "#/reports"],
	    ["#/outgoing-report/gone", "#/outgoing?part=reports"]]) {
		await page.goto(site.base + hash);
		await page.getByText("no such report that you can see").waitFor();
		assert.deepEqual(await axe(page), []);
		assert.equal(await page.getByRole("link", { name: "all reports" })
		    .getAttribute("href"), list);
	}
}));

test("the set-up form makes the record", () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/setup-dns`);
	await page.getByRole("textbox", { name: "Your domain" }).fill("Example.COM.");
	await page.getByLabel("Where reports go")
	    .fill("tls@example.com, https://r.example.com/a;b");
	await page.getByText('_smtp._tls.example.com. IN TXT "v=TLSRPTv1; ' +
	    'rua=mailto:tls@example.com,https://r.example.com/a%3Bb"').waitFor();
	await page.getByLabel("Where reports go").fill("http://example.com/");
	await page.getByText("http: is not allowed").waitFor();
	assert.deepEqual(await axe(page), []);
}));

test("findings are told at a glance, with their evidence behind", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/overview`);
	const glance = page.getByRole("region", { name: "Open findings" });
	await glance.getByText("1 critical, 1 note").waitFor();
	assert.match(await glance.innerText(), /1 likely on the path, 1 cannot tell/);
	assert.match(await glance.innerText(), /Judged last just now/);
	await glance.getByRole("link", { name: /not offered STARTTLS/ }).click();
	await page.getByRole("heading", { name: /not offered STARTTLS/, level: 1 })
	    .waitFor();
	const shows = page.getByRole("table", { name: "What shows it" });
	await shows.waitFor();
	assert.match(await shows.innerText(), /gmx\.net.*45.*STARTTLS was not offered/s);
	assert.match(await page.getByRole("table", { name: /Who would have met it/ })
	    .innerText(), /google\.com.*7,510.*Unauthenticated/s);
	await shows.getByRole("link", { name: "a report of it" }).click();
	await page.getByRole("heading", { name: "Can it be believed?" }).waitFor();
}));

test("a finding is muted and acknowledged with a reason, by keyboard", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/findings?domain=partner.example`);
	await settled(page);
	await tabTo(page, /^button Mute until/);
	await page.keyboard.press("Enter");
	await page.getByLabel(/Tell of it again from/).fill(dateOf(-30));
	await page.getByLabel(/^Reason/).fill("the carrier knows");
	assert.deepEqual(await axe(page), []);
	await page.keyboard.press("Enter");
	await page.getByRole("button", { name: "Mute", exact: true })
	    .waitFor({ state: "detached" });
	await page.getByRole("button", { name: /^Acknowledge/ }).click();
	await page.getByRole("button", { name: "Acknowledge", exact: true }).click();
	await page.getByRole("button", { name: "Acknowledge", exact: true })
	    .waitFor({ state: "detached" });
	const path = "findings/019a0000-0000-7000-8000-000000000101";
	assert.deepEqual(site.mock.changes, [
		{ method: "POST", path: `${path}/mute`,
			body: { reason: "the carrier knows", until: dateOf(-30) } },
		{ method: "POST", path: `${path}/acknowledge`, body: { reason: "" } }]);
}));

test("a domain's chart has a mark where a finding began", { skip }, () =>
    withPage(site, {}, async (page) => {
	await page.goto(`${site.base}#/domain/partner.example`);
	await settled(page);
	await page.locator(".flag-finding").waitFor();
	assert.match(await page.locator(".flag-finding title").textContent(),
	    /^Finding: A reporter was not offered STARTTLS/);
	await page.getByRole("region", { name: "Findings" })
	    .getByText("Likely on the path").waitFor();
	await page.getByRole("region", { name: "Findings" })
	    .getByText("Evidence and next step").click();
	await settled(page);
	assert.deepEqual(await axe(page), []);
}));
