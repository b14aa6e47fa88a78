UPDATE report SET frozen_at = COALESCE(frozen_at, $2)
WHERE report_id = $1 AND stale = 0
