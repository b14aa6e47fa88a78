-- For how many domains there were sessions.
SELECT d.day,
    CASE WHEN d.closed_at IS NOT NULL AND d.due = 0 THEN d.domains
    ELSE (SELECT COUNT(DISTINCT t.domain) FROM tally_record t
        WHERE t.day = d.day AND t.day BETWEEN $1 AND $2) END
FROM day d
WHERE d.day >= $1 AND d.day <= $2
ORDER BY d.day
