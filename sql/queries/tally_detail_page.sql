-- One tally's details behind ($5, $6).
SELECT policy_key, detail_key, result_type, sending_ip, mx_hostname, helo,
    receiving_ip, info, reason, sessions
FROM tally_detail
WHERE day = $1 AND domain = $2 AND record_key = $3 AND part = $4
    AND (policy_key, detail_key) > ($5, $6)
ORDER BY policy_key, detail_key
LIMIT $7
