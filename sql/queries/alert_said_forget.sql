-- As if nothing had been said; after $3 it was by a clock that was wrong.
DELETE FROM alert_said WHERE way = $1 AND is_closed <> 0 AND (said_at <= $2 OR said_at > $3)
