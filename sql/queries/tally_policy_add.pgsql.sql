-- Of the texts that mean the same policy the least stays, so that the sample
-- does not depend on who came first.
INSERT INTO tally_policy AS t (day, domain, record_key, part, policy_key,
    policy_type, policy_domain, strings, mx_hosts, succeeded, failed)
SELECT *
FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bigint[], $5::bytea[],
    $6::bigint[], $7::text[], $8::text[], $9::text[], $10::bigint[],
    $11::bigint[])
ON CONFLICT (day, domain, record_key, part, policy_key) DO UPDATE SET
    strings = CASE WHEN excluded.strings < t.strings THEN excluded.strings
        ELSE t.strings END,
    mx_hosts = CASE WHEN excluded.mx_hosts < t.mx_hosts THEN excluded.mx_hosts
        ELSE t.mx_hosts END,
    succeeded = CASE WHEN t.succeeded > 9007199254740991 - excluded.succeeded
        THEN 9007199254740991 ELSE t.succeeded + excluded.succeeded END,
    failed = CASE WHEN t.failed > 9007199254740991 - excluded.failed
        THEN 9007199254740991 ELSE t.failed + excluded.failed END
