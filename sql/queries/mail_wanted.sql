SELECT delivery_id, report_id, CASE WHEN target = '' THEN uri ELSE target END
FROM delivery
WHERE to_sign = 1
ORDER BY queued_at, delivery_id
LIMIT $1
