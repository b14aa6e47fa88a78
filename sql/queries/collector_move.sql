-- From ($2, $3, $4) to ($5, $6, $7). Nothing changes if somebody else moved it,
-- or claimed the id. Who comes back is waited for again.
UPDATE collector
SET journal = $5, segment = $6, position = $7,
    watermark = CASE WHEN $8 > watermark THEN $8 ELSE watermark END,
    seen_at = $9, host = $10, forgotten = 0
WHERE collector = $1 AND journal = $2 AND segment = $3 AND position = $4
    AND claim = $11
