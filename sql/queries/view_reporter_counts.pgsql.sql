-- How many told of each of some domains, $1.
SELECT l.domain, COUNT(DISTINCT l.reporter)
FROM inbox_level l
WHERE l.domain = ANY (string_to_array($1, '|')) AND l.day BETWEEN $2 AND $3
    AND l.domain <> ''
    AND (($4 >> CAST(l.state AS INTEGER)) & 1) <> 0
    AND (($5 >> CAST(l.verdict AS INTEGER)) & 1) <> 0
GROUP BY l.domain
