-- $1: '' for all domains.
SELECT domain, mx_host, first_at, last_at, first_tls_at, last_tls_at, run,
    run_since, best, missing_since, last_missing_at, missing
FROM log_history
WHERE last_at >= $2 AND ($1 = '' OR domain = $1)
ORDER BY domain, mx_host
