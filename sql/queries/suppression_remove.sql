DELETE FROM suppression WHERE kind = $1 AND value = $2
