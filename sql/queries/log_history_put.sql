UPDATE log_history
SET first_at = $3, last_at = $4, first_tls_at = $5, last_tls_at = $6, run = $7,
    run_since = $8, best = $9, missing_since = $10, last_missing_at = $11,
    missing = $12
WHERE domain = $1 AND mx_host = $2
