DELETE FROM web_user_domain WHERE name = $1
