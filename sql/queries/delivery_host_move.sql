UPDATE delivery_host SET due_at = $2
WHERE host = $1
