DELETE FROM no_report WHERE day = $1 AND domain = $2
