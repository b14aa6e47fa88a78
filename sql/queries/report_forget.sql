-- What has no delivery any more.
DELETE FROM report
WHERE day = $1 AND (domain, report_id) <= ($2, $3)
    AND delivered_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM delivery d
        WHERE d.report_id = report.report_id)
