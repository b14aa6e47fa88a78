DELETE FROM suppression WHERE until <= $1
