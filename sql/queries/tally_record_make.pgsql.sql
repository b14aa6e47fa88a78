SELECT tally_day_make('tally_record', $1)
