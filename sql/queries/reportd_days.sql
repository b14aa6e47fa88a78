-- By day: what of its domains is to be taken, what tlsrpt-reportd has brought to
-- an end, what it has not fetched yet.
SELECT day, 0, 0, SUM(state = 0), SUM(state = 1), SUM(state = 2)
FROM (SELECT day, CASE WHEN status IS NOT 'fetched' THEN 2
        WHEN EXISTS (SELECT 1 FROM reports AS p
            JOIN destinations AS t ON t.d_r_id = p.r_id
            WHERE p.day = r.day AND p.domain = r.domain
                AND t.status IS NOT NULL) THEN 1
        ELSE 0 END AS state
    FROM reportdata AS r)
GROUP BY day
ORDER BY day
