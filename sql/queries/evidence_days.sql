-- What each reporter told of each day, by what vouches for it. What is counted and
-- authenticated comes first, so that no flood of others pushes it out.
SELECT day, reporter, state, verdict,
    CAST(SUM(authenticated + testing + encrypted + cleartext + not_sent)
        AS BIGINT),
    CAST(SUM(cleartext + not_sent) AS BIGINT), CAST(SUM(not_sent) AS BIGINT),
    COUNT(*), MIN(received_at), MAX(received_at), MIN(intake_id)
FROM inbox_level
WHERE domain = $1 AND day BETWEEN $2 AND $3 AND received_at <= $4
GROUP BY day, reporter, state, verdict
ORDER BY CASE WHEN state = 1 AND verdict = 1 THEN 0 ELSE 1 END, reporter, day,
    state, verdict
LIMIT $5
