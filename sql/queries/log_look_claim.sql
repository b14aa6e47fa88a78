UPDATE log_level SET looked_at = $3
WHERE day = $1 AND domain = $2 AND looked_at <= $4
