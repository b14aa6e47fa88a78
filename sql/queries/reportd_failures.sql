-- As collectd_failures, out of the same data.
WITH counted AS (
    SELECT r.domain, record.key AS record, policy.key AS policy,
        CASE policy.type WHEN 'object' THEN policy.value ELSE '{}' END AS counts
    FROM reportdata AS r,
        json_each(CASE WHEN json_valid(r.data) THEN r.data ELSE '{}' END)
            AS record,
        json_each(CASE record.type WHEN 'object' THEN record.value
            ELSE '{}' END) AS policy
    WHERE r.day = $1 AND r.status = 'fetched'
        AND NOT EXISTS (SELECT 1 FROM reports AS p
            JOIN destinations AS t ON t.d_r_id = p.r_id
            WHERE p.day = r.day AND p.domain = r.domain
                AND t.status IS NOT NULL))
SELECT domain, record, policy, json_extract(counts, '$.cntrtotal'),
    json_extract(counts, '$.cntrfailure'), failure.value, failure.key
FROM counted, json_each(counts, '$.failures') AS failure
ORDER BY failure.value DESC
