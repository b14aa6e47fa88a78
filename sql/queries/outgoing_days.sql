-- For how many domains there were sessions; of days from $3 on by what there is.
SELECT d.day,
    CASE WHEN d.day < $3 OR d.dropped = 1 THEN d.domains
    ELSE (SELECT COUNT(DISTINCT t.domain) FROM tally_record t
        WHERE t.day = d.day AND t.day BETWEEN $3 AND $2) END
FROM day d
WHERE d.day >= $1 AND d.day <= $2
ORDER BY d.day
