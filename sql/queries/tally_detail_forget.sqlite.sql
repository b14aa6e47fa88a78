DELETE FROM tally_detail
WHERE (day, domain, record_key, part, policy_key, detail_key) IN (
    SELECT day, domain, record_key, part, policy_key, detail_key
    FROM tally_detail
    WHERE day < $1 LIMIT $2)
