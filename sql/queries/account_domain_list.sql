-- Planned once: few rows, whichever domain it is.
SELECT domain FROM web_user_domain WHERE name = $1 ORDER BY domain
