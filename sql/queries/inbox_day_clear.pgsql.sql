DELETE FROM inbox_day d
USING unnest($1::bigint[], $2::text[]) AS t (day, domain)
WHERE d.day = t.day AND d.domain = t.domain
