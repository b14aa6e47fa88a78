-- No row: nothing is left.
SELECT n FROM tally_day_forget('tally_detail', $1, $2) AS n WHERE n > 0
