-- Where the journal is that the collector has now.
INSERT INTO collector_journal (collector, journal, segment, position)
SELECT collector, journal, segment, position
FROM collector
WHERE collector = $1
ON CONFLICT (collector, journal) DO UPDATE
SET segment = excluded.segment, position = excluded.position
