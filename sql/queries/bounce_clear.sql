DELETE FROM bounce WHERE uri = $1
