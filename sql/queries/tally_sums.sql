-- Policy results of a domain's day, over all its records and parts.
SELECT policy_type, CAST(SUM(succeeded) AS BIGINT), CAST(SUM(failed) AS BIGINT)
FROM tally_policy
WHERE day = $1 AND domain = $2
GROUP BY policy_type
