DELETE FROM delivery_host
WHERE host = $1
