UPDATE report SET stale = 1
WHERE day = $1 AND domain = $2 AND record_key = $3 AND frozen_at IS NULL
