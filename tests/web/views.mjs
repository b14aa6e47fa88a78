// views.mjs -- every view and the states of it that are worth a look.
import { outgoingReports, report } from "./fixtures.mjs";

export const VIEWS = [
	["overview", "#/overview"],
	["overview-table", "#/overview?table=map"],
	["domain", "#/domain/shop.example"],
	["domain-failures", "#/domain/shop.example?scale=failures&by=mx"],
	["domain-table", "#/domain/partner.example?table=days&by=reporter"],
	["domain-changes", "#/domain/shop.example?table=days&by=receiving-ip" +
	    "&level=not-sent"],
	["findings", "#/findings"],
	["findings-closed", "#/findings?finding-state=closed&severity=warning" +
	    "&conclusion=configuration"],
	["finding", "#/finding/019a0000-0000-7000-8000-000000000101"],
	["reports", "#/reports"],
	["reports-unread", "#/reports?verdict=failed&state=untrusted&level=not-sent"],
	["report", `#/report/${report(16).id}`],
	["outgoing", "#/outgoing"],
	["outgoing-table", "#/outgoing?table=sent&scale=failures"],
	["outgoing-reports", "#/outgoing?part=reports"],
	["outgoing-deliveries", "#/outgoing?part=deliveries"],
	["outgoing-logs", "#/outgoing?part=logs"],
	["outgoing-report", "#/outgoing-report/" +
	    encodeURIComponent(outgoingReports().rows[1]["report-id"])],
	["collectors", "#/collectors"],
	["setup-dns", "#/setup-dns?name=shop.example&rua=tls@shop.example" +
	    "&mx=mx1.shop.example%2C+mx2.shop.example"],
	["users", "#/users"],
];
export const OUTSIDE = [["login", "#/login"],
	["setup", "#/setup?token=one-time-token"]];
