-- By $3 at $4, unless somebody else was faster than who found the claim $2.
UPDATE collector SET claim = $3, place = $4
WHERE collector = $1 AND claim = $2
