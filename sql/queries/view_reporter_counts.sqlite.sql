-- How many told of each of some domains, $1.
SELECT o.value, (SELECT COUNT(DISTINCT l.reporter)
    FROM inbox_level l
    WHERE l.domain = o.value AND l.day BETWEEN $2 AND $3
        AND l.domain <> ''
        AND (($4 >> CAST(l.state AS INTEGER)) & 1) <> 0
        AND (($5 >> CAST(l.verdict AS INTEGER)) & 1) <> 0)
FROM json_each('["' || REPLACE(TRIM($1, '|'), '|', '","') || '"]') o
