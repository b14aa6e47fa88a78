-- Of the texts that mean the same policy the least stays, so that the sample
-- does not depend on who came first.
INSERT INTO tally_policy AS t (day, domain, record_key, part, policy_key,
    policy_type, policy_domain, strings, mx_hosts, succeeded, failed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (day, domain, record_key, part, policy_key) DO UPDATE SET
    strings = CASE WHEN excluded.strings < t.strings THEN excluded.strings
        ELSE t.strings END,
    mx_hosts = CASE WHEN excluded.mx_hosts < t.mx_hosts THEN excluded.mx_hosts
        ELSE t.mx_hosts END,
    succeeded = CASE WHEN t.succeeded > 9007199254740991 - excluded.succeeded
        THEN 9007199254740991 ELSE t.succeeded + excluded.succeeded END,
    failed = CASE WHEN t.failed > 9007199254740991 - excluded.failed
        THEN 9007199254740991 ELSE t.failed + excluded.failed END
