SELECT tally_day_make('tally_policy', $1)
