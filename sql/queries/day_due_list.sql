SELECT day, due FROM day WHERE due > 0 AND closed_at IS NOT NULL ORDER BY day
