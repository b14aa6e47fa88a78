-- The part that late sessions belong to: what was handed over is frozen.
SELECT COUNT(*) FROM report
WHERE day = $1 AND domain = $2 AND record_key = $3 AND frozen_at IS NOT NULL
