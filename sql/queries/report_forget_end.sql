-- The last one of the next $2 of them.
SELECT s.domain, s.report_id
FROM (SELECT r.domain, r.report_id
    FROM report r
    WHERE r.day = $1
        AND r.delivered_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM delivery w
            WHERE w.report_id = r.report_id AND w.done_at IS NULL)
    ORDER BY r.domain, r.report_id
    LIMIT $2) s
ORDER BY s.domain DESC, s.report_id DESC
LIMIT 1
