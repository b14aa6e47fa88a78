-- Failures of each policy by type. A count past all reason is cut: no sum
-- overflows.
SELECT d.policy, d.result_type, CAST(SUM(CASE WHEN d.sessions > 1000000000
    THEN 1000000000 ELSE COALESCE(d.sessions, 0) END) AS BIGINT)
FROM inbox_policy p JOIN inbox_detail d ON d.day = p.day
    AND d.domain = p.domain AND d.intake_id = p.intake_id AND d.part = p.part
    AND d.policy = p.policy
WHERE p.intake_id = $1 AND p.part = $2 AND d.unknown_type = ''
GROUP BY d.policy, d.result_type
ORDER BY d.policy, d.result_type
