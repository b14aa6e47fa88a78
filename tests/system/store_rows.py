"""store_rows.py -- every row of a store, read by others than the program, and
the same for both databases."""

import contextlib
import json
import sqlite3


def plain(value):
    """As PostgreSQL's JSON has it."""
    return "\\x" + value.hex() if isinstance(value, bytes) else value


def in_order(rows):
    """Rows in the order of their text."""
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def of_sqlite(path, but=()):
    """The rows of each table, sorted."""
    with contextlib.closing(sqlite3.connect(path)) as store:
        store.row_factory = sqlite3.Row
        names = [row[0] for row in store.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: in_order(
            {k: plain(row[k]) for k in row.keys()}
            for row in store.execute(f"SELECT * FROM {name}"))
            for name in names if name not in but}


def of_server(server, but=()):
    """The same of PostgreSQL."""
    names = [name for name in server.sql(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND "
        "relnamespace = 'public'::regnamespace AND NOT relispartition")
        if name not in but]
    rows = {name: [] for name in names}
    for line in server.sql(" UNION ALL ".join(
            f"SELECT '{name} ' || row_to_json(t)::text FROM {name} t"
            for name in names)) if names else ():
        name, _, row = line.partition(" ")
        rows[name].append(json.loads(row))
    return {name: in_order(row) for name, row in rows.items()}
