SELECT domain, record_key, part, record, rua
FROM tally_record
WHERE day = $1 AND (domain, record_key, part) > ($2, $3, $4)
ORDER BY domain, record_key, part
LIMIT $5
