DELETE FROM inbox_detail
WHERE (day, domain, intake_id, part, policy) IN (
    SELECT day, domain, intake_id, part, policy
    FROM inbox_policy
    WHERE intake_id = $1)
