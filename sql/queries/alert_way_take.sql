-- Nobody else works on it until then. No row: somebody does. Nobody has it for
-- longer than $5: a clock was wrong.
INSERT INTO alert_way (way, worker, worked_until) VALUES ($1, $2, $4)
ON CONFLICT (way) DO UPDATE SET worker = $2, worked_until = $4
WHERE alert_way.worked_until <= $3 OR alert_way.worked_until > $5
    OR alert_way.worker = $2
RETURNING due_at, failures, message_id, left_out, message_left_out
