INSERT INTO collector_journal (collector, journal, segment, position)
VALUES ($1, $2, $3, $4)
ON CONFLICT (collector, journal) DO NOTHING
