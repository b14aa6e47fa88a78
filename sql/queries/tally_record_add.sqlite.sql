INSERT INTO tally_record AS t (day, domain, record_key, part, record, rua)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (day, domain, record_key, part) DO UPDATE
    SET record = excluded.record WHERE excluded.record < t.record
