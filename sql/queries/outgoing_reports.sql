-- A report has a row for each state of its deliveries; one at least.
SELECT r.report_id, r.day, r.domain, r.succeeded, r.failed,
    COALESCE(d.state, 0), COUNT(d.state)
FROM (SELECT report_id, day, domain, succeeded, failed
        FROM report
        WHERE day >= $1 AND day <= $2 AND ($3 = '' OR domain = $3)
            AND ($9 = '' OR REPLACE($9, '|' || domain || '|', '') <> $9)
            AND (day, domain, report_id) > ($4, $5, $6)
            AND ($8 = 0 OR EXISTS (SELECT 1 FROM delivery s
                WHERE s.report_id = report.report_id AND s.state = $8))
        ORDER BY day, domain, report_id
        LIMIT $7) r
    LEFT JOIN delivery d ON d.report_id = r.report_id
GROUP BY r.report_id, r.day, r.domain, r.succeeded, r.failed, d.state
ORDER BY r.day, r.domain, r.report_id, d.state
