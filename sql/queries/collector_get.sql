SELECT collector, host, journal, segment, position, watermark, registered_at,
    seen_at, forgotten
FROM collector
WHERE collector = $1
