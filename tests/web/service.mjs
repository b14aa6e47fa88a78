// service.mjs -- the page over a real service that tells the demo's story; made
// and asked by tests/system/test_page.py. TLSRPT_WEB_USERS: two who see one domain
// each, "name:domain name:domain", with the password of the first.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, settled, signIn } from "./browser.mjs";
import { useSite, withPage } from "./site.mjs";

const site = useSite();
const OURS = ["bank.example", "club.example", "lab.example", "quiet.example",
	"shop.example"];
const USERS = process.env.TLSRPT_WEB_USERS.split(" ").map((one) => one.split(":"));

async function open(page, hash) {
	await page.goto(site.base + hash);
	await settled(page);
	assert.deepEqual(await axe(page), []);
}

async function domainsOf(page) {
	await open(page, "#/overview");
	await page.locator("table.map").waitFor();
	return (await page.locator("table.map tbody th a").allTextContents())
	    .map((text) => text.trim()).sort();
}

test("the overview has each domain, and what was stripped", () =>
    withPage(site, {}, async (page) => {
	const domains = await domainsOf(page);
	for (const one of OURS) assert.ok(domains.includes(one), one);
	const bank = page.getByRole("row").filter({ hasText: "bank.example" });
	assert.match(await bank.innerText(), /STARTTLS/);
	await bank.getByRole("link", { name: "bank.example" }).click();
	await page.getByRole("heading", { name: "bank.example", level: 1 }).waitFor();
}));

/* The story: 45 sessions on each of four days at one host, and of three at the
 * other, told by one. */
test("a domain's failures are counted as the reports tell", () =>
    withPage(site, {}, async (page) => {
	await open(page, "#/domain/bank.example?by=reporter");
	const row = page.getByRole("row").filter({ hasText: "webmail.example" })
	    .filter({ hasText: "STARTTLS" });
	await row.first().waitFor();
	assert.match(await row.first().innerText(), /\b315\b/);
	await open(page, "#/domain/bank.example?by=mx");
	assert.match(await page.getByRole("row").filter({ hasText: "mx1.bank.example" })
	    .first().innerText(), /\b180\b/);
	await open(page, "#/domain/bank.example?by=policy");
	assert.match(await page.getByRole("table", { name: "Failures by Policy seen" })
	    .innerText(), /MTA-STS\s+of bank\.example.*STARTTLS/s);
}));

test("a report is told in words, and as it came", () =>
    withPage(site, {}, async (page) => {
	await open(page, "#/reports?domain=bank.example&reporter=smallhost.example");
	await page.locator("tbody tr a[href^='#/report/']").first().click();
	await page.getByRole("heading", { name: "Can it be believed?" }).waitFor();
	await settled(page);
	assert.deepEqual(await axe(page), []);
	await page.getByRole("button", { name: "Show" }).click();
	await page.locator("#raw-text").waitFor();
	assert.match(await page.locator("#raw-text").innerText(), /"policy-domain": "bank.example"/);
}));

test("what we sent is there, down to one report's JSON", () =>
    withPage(site, {}, async (page) => {
	await open(page, "#/outgoing");
	await page.getByRole("heading", { name: "Days and their reports" }).waitFor();
	await open(page, "#/outgoing?part=reports");
	await page.locator("tbody a[href^='#/outgoing-report/']").first().click();
	await page.getByText("organization-name").first().waitFor();
	await settled(page);
	assert.deepEqual(await axe(page), []);
}));

test("what a log told is there, clear text too", () =>
    withPage(site, {}, async (page) => {
	await open(page, "#/outgoing?part=logs");
	const row = page.getByRole("row").filter({ hasText: "in clear text" });
	assert.match(await row.innerText(), /a\.example\s*mx\.a\.example 192\.0\.2\.1/);
	await page.getByLabel("Protection").selectOption("encrypted");
	await row.waitFor({ state: "detached" });
	await page.getByRole("row").filter({ hasText: "encrypted, not verified" })
	    .waitFor();
}));

test("the set-up makes the record to paste", () =>
    withPage(site, {}, async (page) => {
	await open(page, "#/setup-dns");
	await page.getByRole("textbox", { name: "Your domain" }).fill("example.com");
	await page.getByLabel("Where reports go").fill("tls@example.com");
	await page.getByText("v=TLSRPTv1; rua=mailto:tls@example.com").first().waitFor();
}));

/* The story: STARTTLS is stripped for one reporter since three days. */
test("a finding is there with its evidence, acknowledged and muted", () =>
    withPage(site, {}, async (page) => {
	await open(page, "#/overview");
	const glance = page.getByRole("region", { name: "Open findings" });
	const line = glance.getByRole("listitem").filter({ hasText: "bank.example" })
	    .filter({ hasText: "not offered STARTTLS" });
	await line.waitFor();
	assert.match(await line.innerText(), /Critical.*webmail\.example.*Likely on the path/s);
	assert.match(await glance.innerText(), /Judged last/);
	await line.getByRole("link", { name: /not offered STARTTLS/ }).click();
	const shows = page.getByRole("table", { name: "What shows it" });
	await shows.waitFor();
	assert.match(await shows.innerText(), /webmail\.example.*135.*mx2\.bank\.example/s);
	assert.match(await page.getByRole("table", { name: /Who would have met it/ })
	    .innerText(), /bigmail\.example/);
	await settled(page);
	assert.deepEqual(await axe(page), []);
	const address = page.url();
	await page.getByRole("button", { name: /^Acknowledge/ }).click();
	await page.getByLabel(/^Reason/).fill("<b>asked</b> the carrier");
	await page.getByRole("button", { name: "Acknowledge", exact: true }).click();
	await page.getByText("<b>asked</b> the carrier").waitFor();
	await page.getByText("Acknowledged", { exact: true }).waitFor();
	await open(page, "#/overview");
	await glance.getByText("club.example").first().waitFor();
	assert.equal(await line.count(), 0);
	await page.goto(address);
	await page.getByRole("button", { name: /^Mute until/ }).click();
	await page.getByRole("button", { name: "Mute", exact: true }).click();
	await page.getByText("Muted", { exact: true }).waitFor();
	await page.getByRole("button", { name: /^Open again/ }).click();
	await page.getByText("Muted", { exact: true }).waitFor({ state: "detached" });
}));

test("a finding leads to the report that it rests on", () =>
    withPage(site, {}, async (page) => {
	await open(page, "#/domain/club.example");
	await page.locator(".flag-finding").first().waitFor();
	await page.getByRole("region", { name: "Findings" })
	    .getByText("Evidence and next step").first().click();
	await page.getByRole("link", { name: "a report of it" }).first().click();
	await page.getByRole("heading", { name: "Can it be believed?" }).waitFor();
	assert.match(await page.locator("body").innerText(), /club\.example/);
}));

test("hostile names in evidence are text", () =>
    withPage(site, {}, async (page) => {
	await open(page, "#/finding/01900000-0000-7000-8000-000000000001");
	const text = await page.locator("#main").innerText();
	assert.ok(text.split('<img src=x onerror="window.pwned=1">').length > 6, text);
	assert.deepEqual(await page.evaluate(() => [window.pwned,
	    document.querySelectorAll("#page img, #page script").length]),
	    [undefined, 0]);
}));

for (const [name, domain] of USERS)
	test(`${name} sees ${domain} and no other`, () =>
	    withPage(site, { storageState: undefined }, async (page, { allow }) => {
		const others = OURS.filter((one) => one !== domain);
		allow(/status of 40[34]/);
		await signIn(page, site.base, name, site.password);
		assert.deepEqual(await domainsOf(page), [domain]);
		for (const hash of ["#/reports", "#/findings", `#/domain/${domain}`, "#/outgoing",
		    "#/collectors", "#/users"]) {
			await page.goto(site.base + hash);
			await settled(page);
			const text = await page.locator("body").innerText();
			for (const one of others) assert.ok(!text.includes(one),
			    `${hash} tells of ${one}`);
		}
		await page.goto(`${site.base}#/findings?domain=${others[0]}`);
		await settled(page);
		assert.equal(await page.locator("article").count(), 0);
		await page.goto(`${site.base}#/findings`);
		await settled(page);
		assert.equal(await page.getByRole("button",
		    { name: /^(Acknowledge|Mute)/ }).count(), 0);
		await page.goto(`${site.base}#/domain/${others[0]}`);
		await page.getByText("none of the domains that you can see").waitFor();
		assert.equal(await page.locator(".chart").count(), 0);
		await page.goto(`${site.base}#/reports?domain=${others[0]}`);
		await settled(page);
		assert.equal(await page.locator("a[href^='#/report/']").count(), 0);
	    }));
