-- Of what is to be taken: data is {record: {policy: counts}}. What is of another
-- shape comes as a row without counts.
WITH counted AS (
    SELECT r.domain, record.key AS record, policy.key AS policy,
        CASE policy.type WHEN 'object' THEN policy.value ELSE '{}' END AS counts
    FROM reportdata AS r,
        json_each(CASE WHEN json_valid(r.data) THEN r.data ELSE '[0]' END)
            AS record,
        json_each(CASE record.type WHEN 'object' THEN record.value
            ELSE '[0]' END) AS policy
    WHERE r.day = $1 AND r.status = 'fetched'
        AND NOT EXISTS (SELECT 1 FROM reports AS p
            JOIN destinations AS t ON t.d_r_id = p.r_id
            WHERE p.day = r.day AND p.domain = r.domain
                AND t.status IS NOT NULL))
SELECT domain, record, policy, json_extract(counts, '$.cntrtotal') AS total,
    json_extract(counts, '$.cntrfailure'),
    (SELECT CAST(TOTAL(value) AS INTEGER)
        FROM json_each(counts, '$.failures'))
FROM counted
ORDER BY total DESC
