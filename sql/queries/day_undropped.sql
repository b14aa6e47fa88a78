-- The first day whose tallies are not to be dropped.
SELECT MIN(day) FROM day WHERE dropped = 0 OR closed_at IS NULL OR due > 0
