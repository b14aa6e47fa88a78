-- Many rows, in the order of their keys.
INSERT INTO tally_record AS t (day, domain, record_key, part, record, rua)
SELECT *
FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bigint[], $5::text[],
    $6::text[])
ON CONFLICT (day, domain, record_key, part) DO UPDATE
    SET record = excluded.record WHERE excluded.record < t.record
