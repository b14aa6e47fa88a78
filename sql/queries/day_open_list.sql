SELECT day FROM day WHERE closed_at IS NULL AND day < $1 ORDER BY day
