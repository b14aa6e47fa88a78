-- As if nothing had been said.
DELETE FROM alert_said WHERE way = $1 AND is_closed <> 0 AND said_at <= $2
