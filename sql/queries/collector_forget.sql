UPDATE collector SET forgotten = 1 WHERE collector = $1
