INSERT INTO collector (collector, host, journal, segment, position, watermark,
    registered_at, seen_at)
VALUES ($1, $2, $3, $4, $5, 0, $6, $6)
ON CONFLICT (collector) DO NOTHING
