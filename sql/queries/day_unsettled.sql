-- The first day that is to be added up: it is open, or has reports to be built.
SELECT MIN(day) FROM day WHERE (closed_at IS NULL OR due > 0) AND dropped = 0
