-- Tallies with somebody to report to and no report yet, or a stale one, of
-- domains that are not passed over. Late parts only if asked for ($5 = 1): they
-- go out together, once a day. None is made where reports have been removed: it
-- might be one of those once more.
SELECT t.domain, t.record_key, t.part
FROM tally_record t LEFT JOIN report r ON r.day = t.day
    AND r.domain = t.domain AND r.record_key = t.record_key
    AND r.part = t.part
WHERE t.day = $1 AND (t.domain, t.record_key, t.part) > ($2, $3, $4)
    AND t.rua <> '' AND t.domain <> '' AND (t.part = 0 OR $5 = 1)
    AND (r.stale = 1 OR r.report_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM day k
            WHERE k.day = t.day AND k.reports_gone > 0))
    AND NOT EXISTS (SELECT 1 FROM no_report n
        WHERE n.day = t.day AND n.domain = t.domain)
ORDER BY t.domain, t.record_key, t.part
LIMIT $6
