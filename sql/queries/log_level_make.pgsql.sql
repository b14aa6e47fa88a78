SELECT tally_day_make('log_level', $1)
