SELECT state, by_mail, COUNT(*)
FROM (SELECT state,
        CASE WHEN SUBSTR(CASE WHEN target = '' THEN uri ELSE target END, 1, 7)
            = 'mailto:' THEN 1 ELSE 0 END AS by_mail
    FROM delivery
    WHERE done_at >= $1 AND done_at < $2) AS d
GROUP BY state, by_mail
ORDER BY state, by_mail
