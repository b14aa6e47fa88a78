SELECT report_id, day, domain, part, rua, file_name, json_bytes,
    LENGTH(body), policies, succeeded, failed, folded, built_at, stale,
    frozen_at, delivered_at, body
FROM report
WHERE report_id = $1
