SELECT collector, host, journal, segment, position, watermark, registered_at,
    seen_at, forgotten, claim, place
FROM collector
WHERE collector = $1
