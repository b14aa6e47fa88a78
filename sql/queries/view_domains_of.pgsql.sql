-- The same for some of them.
SELECT d.domain, CAST(-1 AS BIGINT), d.state, d.verdict,
    CAST(SUM(d.reports) AS BIGINT), CAST(0 AS BIGINT), MAX(d.received_at),
    CAST(COALESCE(SUM(d.authenticated), 0) AS BIGINT),
    CAST(COALESCE(SUM(d.testing), 0) AS BIGINT),
    CAST(COALESCE(SUM(d.encrypted), 0) AS BIGINT),
    CAST(COALESCE(SUM(d.cleartext), 0) AS BIGINT),
    CAST(COALESCE(SUM(d.not_sent), 0) AS BIGINT),
    CAST(COALESCE(SUM(d.told), 0) AS BIGINT),
    CAST(0 AS BIGINT)
FROM owned_domain o CROSS JOIN inbox_day d
WHERE d.domain = o.domain AND d.day BETWEEN $1 AND $2
    AND ($3 = '' OR o.domain = $3)
    AND ($4 = '' OR d.domain = ANY (string_to_array($4, '|')))
GROUP BY d.domain, d.state, d.verdict
ORDER BY d.domain, d.state, d.verdict
