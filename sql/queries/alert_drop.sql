-- Somebody has seen to it, or wants nobody to be told, since it was to be said.
UPDATE alert SET state = 3, done_at = $2
WHERE way = $1 AND state = 1 AND EXISTS (SELECT 1 FROM finding f
    WHERE f.finding_id = alert.finding_id AND (f.state = 2 OR f.state = 3
        AND (f.muted_until IS NULL OR f.muted_until > $2)))
