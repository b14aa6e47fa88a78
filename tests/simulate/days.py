"""days.py -- the calendar of a simulation: days are numbered, 0 is DAY_0."""

import datetime
import random

DAYS = 90
DAY_S = 86400
DAY_0 = datetime.date(2026, 1, 5)  # a Monday
SATURDAY = 5


def date_of(day):
    return DAY_0 + datetime.timedelta(days=day)


def text_of(day):
    """2026-01-05"""
    return date_of(day).isoformat()


def seconds_of(day, second=0):
    """UTC, since 1970."""
    return (date_of(day) - datetime.date(1970, 1, 1)).days * DAY_S + second


def is_weekend(day):
    return date_of(day).weekday() >= SATURDAY


def chance(*key):
    """Random numbers of that key alone: what is drawn for one thing moves
    nothing that is drawn for another."""
    return random.Random("/".join(map(str, key)))
