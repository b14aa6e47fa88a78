DELETE FROM inbox_week w
USING unnest($1::bigint[], $2::text[]) AS t (week, domain)
WHERE w.week = t.week AND w.domain = t.domain
