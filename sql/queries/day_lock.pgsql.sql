-- Nobody closes the day while its tallies are being added.
SELECT closed_at FROM day WHERE day = $1 FOR SHARE
