UPDATE delivery_attempt SET ended_at = $3, transport = $4, peer = $5, tls = $6,
    status = $7, answer = $8
WHERE delivery_id = $1 AND attempt = $2
