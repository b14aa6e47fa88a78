SELECT report_id, day, domain, file_name, body
FROM report
WHERE delivered_at IS NULL AND stale = 0
ORDER BY day, domain
LIMIT $1
