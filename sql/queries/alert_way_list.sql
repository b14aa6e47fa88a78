SELECT w.way, w.due_at, w.failures, w.left_out, w.tried_at, w.answer,
    (SELECT COUNT(*) FROM alert a WHERE a.way = w.way AND a.state = 1)
FROM alert_way w ORDER BY w.way
