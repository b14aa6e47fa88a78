SELECT report_id, day, domain, part, rua, file_name, json_bytes,
    LENGTH(body), policies, succeeded, failed, folded, built_at, stale,
    frozen_at, delivered_at
FROM report
WHERE day >= $1 AND day <= $2 AND (day, domain, report_id) > ($3, $4, $5)
ORDER BY day, domain, report_id
LIMIT $6
