SELECT domain, record_key, part, policy_key, detail_key, result_type,
    sending_ip, mx_hostname, helo, receiving_ip, info, reason, sessions
FROM tally_detail
WHERE day = $1 AND (domain, record_key, part) >= ($2, $3, $4)
    AND (domain, record_key, part) <= ($5, $6, $7)
ORDER BY domain, record_key, part, policy_key, detail_key
