DELETE FROM delivery_mail
WHERE delivery_id = $1
