-- The writing transaction is alone already.
SELECT domain, record_key, part, record, rua
FROM tally_record
WHERE day = $1 AND domain = $2 AND record_key = $3 AND part = $4
