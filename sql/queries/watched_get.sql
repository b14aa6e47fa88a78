SELECT looked_at, not_measured
FROM watched
WHERE domain = $1
