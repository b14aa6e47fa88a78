INSERT INTO tally_detail AS t (day, domain, record_key, part, policy_key,
    detail_key, result_type, sending_ip, mx_hostname, helo, receiving_ip, info,
    reason, sessions)
SELECT *
FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bigint[], $5::bytea[],
    $6::bytea[], $7::bigint[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::text[], $14::bigint[])
ON CONFLICT (day, domain, record_key, part, policy_key, detail_key)
DO UPDATE SET
    helo = CASE WHEN excluded.helo < t.helo THEN excluded.helo
        ELSE t.helo END,
    sessions = CASE WHEN t.sessions > 9007199254740991 - excluded.sessions
        THEN 9007199254740991 ELSE t.sessions + excluded.sessions END
