UPDATE delivery SET worker = '', due_at = $2 WHERE delivery_id = $1
