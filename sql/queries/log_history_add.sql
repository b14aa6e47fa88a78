INSERT INTO log_history (domain, mx_host, first_at, last_at, first_tls_at,
    last_tls_at, run, run_since, best, missing_since, last_missing_at, missing)
VALUES ($1, $2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
ON CONFLICT (domain, mx_host) DO NOTHING
