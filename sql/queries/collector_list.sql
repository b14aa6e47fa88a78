SELECT collector, host, journal, segment, position, watermark, registered_at,
    seen_at, forgotten, claim, place
FROM collector
ORDER BY collector
