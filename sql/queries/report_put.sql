INSERT INTO report AS t (report_id, day, domain, record_key, part, rua,
    file_name, body, json_bytes, policies, succeeded, failed, folded, built_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (day, domain, record_key, part) DO UPDATE SET
    report_id = excluded.report_id, rua = excluded.rua,
    file_name = excluded.file_name, body = excluded.body,
    json_bytes = excluded.json_bytes, policies = excluded.policies,
    succeeded = excluded.succeeded, failed = excluded.failed,
    folded = excluded.folded, built_at = excluded.built_at, stale = 0
WHERE t.frozen_at IS NULL
