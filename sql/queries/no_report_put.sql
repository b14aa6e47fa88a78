INSERT INTO no_report (day, domain, reason) VALUES ($1, $2, $3)
ON CONFLICT (day, domain) DO UPDATE SET reason = excluded.reason
