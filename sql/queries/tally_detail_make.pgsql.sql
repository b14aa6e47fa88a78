SELECT tally_day_make('tally_detail', $1)
