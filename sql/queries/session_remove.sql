DELETE FROM web_session WHERE secret_key = $1
