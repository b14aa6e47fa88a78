-- The first day that is open, or has reports to be built.
SELECT MIN(day) FROM day WHERE closed_at IS NULL OR due > 0
