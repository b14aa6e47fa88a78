SELECT i.intake_id, i.part, i.report_id
FROM inbox i
WHERE (i.report_id >= $1 AND i.report_id < $2
        OR i.intake_id >= $1 AND i.intake_id < $2)
    AND ($4 = '' OR EXISTS (SELECT 1 FROM inbox_level l
        WHERE l.intake_id = i.intake_id AND l.part = i.part
            AND REPLACE($4, '|' || l.domain || '|', '') <> $4))
ORDER BY i.intake_id DESC, i.part
LIMIT $3
