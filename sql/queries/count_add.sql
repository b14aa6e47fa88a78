INSERT INTO collector_count AS t (day, collector, counter, n)
VALUES ($1, $2, $3, $4)
ON CONFLICT (day, collector, counter) DO UPDATE SET n =
    CASE WHEN t.n > 9007199254740991 - excluded.n THEN 9007199254740991
    ELSE t.n + excluded.n END
