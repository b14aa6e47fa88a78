DELETE FROM alert WHERE made_at < $1
