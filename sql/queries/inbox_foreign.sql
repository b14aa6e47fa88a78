-- Also of reports that count for another of their policies.
SELECT CAST($1 AS BIGINT), CAST(0 AS BIGINT), policy_domain, COUNT(*),
    MIN(received_at), MAX(received_at)
FROM (SELECT DISTINCT p.policy_domain, i.intake_id, i.part, i.received_at
    FROM inbox_policy p JOIN inbox i ON i.intake_id = p.intake_id
        AND i.part = p.part
    WHERE p.domain = '') AS foreign_policy
GROUP BY policy_domain
ORDER BY 4 DESC, policy_domain
LIMIT $2
