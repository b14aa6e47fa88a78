-- Planned once: few rows, whichever domain it is.
SELECT COUNT(DISTINCT reporter)
FROM inbox_level l
WHERE l.domain = $1 AND l.day BETWEEN $2 AND $3
    AND ($6 = ''
        OR REPLACE($6, '|' || l.domain || '|', '') <> $6)
    AND (($4 >> CAST(l.state AS INTEGER)) & 1) <> 0
    AND (($5 >> CAST(l.verdict AS INTEGER)) & 1) <> 0
