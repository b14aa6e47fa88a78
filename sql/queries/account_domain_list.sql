SELECT domain FROM web_user_domain WHERE name = $1 ORDER BY domain
