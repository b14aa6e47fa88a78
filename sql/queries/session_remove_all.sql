DELETE FROM web_session WHERE name = $1
