INSERT INTO inbox_detail (day, domain, intake_id, part, policy, detail,
    result_type, unknown_type, sending_ip, mx_hostname, helo, receiving_ip,
    info, reason, sessions)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
