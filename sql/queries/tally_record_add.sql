INSERT INTO tally_record AS t (day, domain, record_key, part, record, rua)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (day, domain, record_key, part) DO UPDATE SET record =
    CASE WHEN excluded.record < t.record THEN excluded.record
    ELSE t.record END
