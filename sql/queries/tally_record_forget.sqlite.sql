DELETE FROM tally_record
WHERE (day, domain, record_key, part) IN (
    SELECT day, domain, record_key, part FROM tally_record
    WHERE day < $1 LIMIT $2)
