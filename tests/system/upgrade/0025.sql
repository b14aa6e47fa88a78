UPDATE log_level SET settled = 1, reported = 1, looked_at = 1772323400
WHERE day = 20513;
