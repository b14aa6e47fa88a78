INSERT INTO intake_place (spool, segment, position)
VALUES ($1, $2, $3)
ON CONFLICT (spool) DO UPDATE SET segment = excluded.segment,
    position = excluded.position
