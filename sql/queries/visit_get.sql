SELECT n FROM visit WHERE target = $1 AND hour = $2
