-- Of the reports that go: see report_forget_end.
DELETE FROM delivery_attempt
WHERE delivery_id IN (SELECT d.delivery_id
    FROM report r JOIN delivery d ON d.report_id = r.report_id
    WHERE r.day = $1 AND (r.domain, r.report_id) <= ($2, $3)
        AND r.delivered_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM delivery w
            WHERE w.report_id = r.report_id AND w.done_at IS NULL))
