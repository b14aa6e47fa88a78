UPDATE collector SET place = '' WHERE collector = $1 AND claim = $2
