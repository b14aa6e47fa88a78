DELETE FROM inbox_reporter r
USING unnest($1::bigint[], $2::text[]) AS t (day, reporter)
WHERE r.day = t.day AND r.reporter = t.reporter
