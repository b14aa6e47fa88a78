-- Sessions of a day by what protection and failure are told from: the policy, and
-- whether its TLSA records were unusable (result type 304). Not of days whose
-- tallies are no longer all there.
SELECT p.day, p.policy_type, p.strings, p.is_invalid,
    CAST(SUM(p.succeeded) AS BIGINT), CAST(SUM(p.failed) AS BIGINT)
FROM (SELECT t.day, t.policy_type, t.strings, t.succeeded, t.failed,
        CASE WHEN t.policy_type = 1 AND t.failed > 0
            AND EXISTS (SELECT 1 FROM tally_detail d
                WHERE d.day = t.day AND d.domain = t.domain
                    AND d.record_key = t.record_key AND d.part = t.part
                    AND d.policy_key = t.policy_key AND d.result_type = 304)
            THEN 1 ELSE 0 END AS is_invalid
        FROM tally_policy t
        WHERE t.day >= $1 AND t.day <= $2
            AND NOT EXISTS (SELECT 1 FROM day k
                WHERE k.day = t.day AND k.dropped = 1)) p
GROUP BY p.day, p.policy_type, p.strings, p.is_invalid
ORDER BY p.day
