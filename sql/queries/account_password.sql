UPDATE web_user SET password = $2 WHERE name = $1
