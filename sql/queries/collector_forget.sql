-- Whoever comes next with this id is the collector.
UPDATE collector SET forgotten = 1, claim = '', place = '' WHERE collector = $1
