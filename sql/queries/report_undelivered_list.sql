SELECT report_id, day, domain
FROM report
WHERE delivered_at IS NULL AND stale = 0
    AND (day, domain, report_id) > ($1, $2, $3)
ORDER BY day, domain, report_id
LIMIT $4
