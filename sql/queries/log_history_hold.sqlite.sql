-- The writing transaction is alone already.
SELECT domain, mx_host, first_at, last_at, first_tls_at, last_tls_at, run,
    run_since, best, missing_since, last_missing_at, missing
FROM log_history
WHERE domain = $1 AND mx_host = $2
