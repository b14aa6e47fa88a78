DELETE FROM web_user WHERE name = $1
