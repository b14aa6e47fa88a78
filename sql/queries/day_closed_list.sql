SELECT day FROM day WHERE closed_at IS NOT NULL AND day >= $1 ORDER BY day
