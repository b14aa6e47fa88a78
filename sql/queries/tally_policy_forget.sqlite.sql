DELETE FROM tally_policy
WHERE (day, domain, record_key, part, policy_key) IN (
    SELECT day, domain, record_key, part, policy_key FROM tally_policy
    WHERE day < $1 LIMIT $2)
