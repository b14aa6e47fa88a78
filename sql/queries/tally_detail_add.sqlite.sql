INSERT INTO tally_detail AS t (day, domain, record_key, part, policy_key,
    detail_key, result_type, sending_ip, mx_hostname, helo, receiving_ip, info,
    reason, sessions)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (day, domain, record_key, part, policy_key, detail_key)
DO UPDATE SET
    helo = CASE WHEN excluded.helo < t.helo THEN excluded.helo
        ELSE t.helo END,
    sessions = CASE WHEN t.sessions > 9007199254740991 - excluded.sessions
        THEN 9007199254740991 ELSE t.sessions + excluded.sessions END
