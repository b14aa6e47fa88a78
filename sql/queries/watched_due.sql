-- What is due after $2 was put there while a clock was wrong, or the pace
-- slower.
SELECT o.domain
FROM owned_domain o LEFT JOIN watched w ON w.domain = o.domain
WHERE w.domain IS NULL OR w.due_at <= $1 OR w.due_at > $2
ORDER BY COALESCE(w.due_at, 0), o.domain
LIMIT $3
