-- Likewise. One that is to be tried again since is left.
DELETE FROM delivery
WHERE done_at IS NOT NULL AND report_id IN (SELECT r.report_id
    FROM report r
    WHERE r.day = $1 AND (r.domain, r.report_id) <= ($2, $3)
        AND r.delivered_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM delivery w
            WHERE w.report_id = r.report_id AND w.done_at IS NULL))
