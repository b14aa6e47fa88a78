UPDATE web_user SET role = $2, bound = $3 WHERE name = $1
