SELECT t.domain, t.record_key, t.part, t.record, t.rua, COALESCE(n.reason, '')
FROM tally_record t LEFT JOIN no_report n ON n.day = t.day
    AND n.domain = t.domain
WHERE t.day = $1 AND (t.domain, t.record_key, t.part) > ($2, $3, $4)
ORDER BY t.domain, t.record_key, t.part
LIMIT $5
