UPDATE report SET delivered_at = $2
WHERE report_id = $1 AND delivered_at IS NULL
