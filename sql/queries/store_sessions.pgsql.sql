-- Roles of tlsrptd that are connected, as far as they can be seen.
SELECT count(*)
FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'tlsrptd %'
