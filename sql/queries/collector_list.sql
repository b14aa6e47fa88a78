SELECT collector, host, journal, segment, position, watermark, registered_at,
    seen_at, forgotten
FROM collector
ORDER BY collector
