-- The first day before $1 that is over and has a report that nobody waits for.
SELECT r.day
FROM report r JOIN day d ON d.day = r.day
WHERE r.day < $1 AND d.closed_at IS NOT NULL AND d.due = 0
    AND r.delivered_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM delivery w
        WHERE w.report_id = r.report_id AND w.done_at IS NULL)
ORDER BY r.day
LIMIT 1
