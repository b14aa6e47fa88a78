UPDATE day SET due = due + 1 WHERE day = $1
