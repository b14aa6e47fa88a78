UPDATE day SET dropped = 1 WHERE day = 20512;
