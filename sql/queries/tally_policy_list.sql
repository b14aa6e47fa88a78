SELECT domain, record_key, part, policy_key, policy_type, policy_domain,
    strings, mx_hosts, succeeded, failed
FROM tally_policy
WHERE day = $1 AND (domain, record_key, part) >= ($2, $3, $4)
    AND (domain, record_key, part) <= ($5, $6, $7)
ORDER BY domain, record_key, part, policy_key
