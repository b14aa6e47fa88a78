DELETE FROM bounce WHERE first_at < $1
