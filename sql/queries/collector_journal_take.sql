-- To the journal $2, where the collector had left it.
UPDATE collector
SET journal = j.journal, segment = j.segment, position = j.position
FROM collector_journal j
WHERE collector.collector = $1 AND j.collector = $1 AND j.journal = $2
