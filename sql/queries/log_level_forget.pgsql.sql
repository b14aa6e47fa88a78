-- No row: nothing is left.
SELECT n FROM tally_day_forget('log_level', $1, $2) AS n WHERE n > 0
