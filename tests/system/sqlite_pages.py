"""sqlite_pages.py -- the pages of an SQLite file, to damage them.

https://www.sqlite.org/fileformat2.html#b_tree_pages tells how they look."""

import contextlib
import os
import sqlite3
import struct

INTERIOR = {2, 5}  # of an index, of a table
LEAF = {10, 13}
JUNK_BYTES = 256


class Pages:
    """Of a file that nobody has open."""

    def __init__(self, path):
        self.path = path
        with contextlib.closing(sqlite3.connect(path)) as db:
            self.roots = dict(db.execute(
                "SELECT name, rootpage FROM sqlite_master"))
            self.size = db.execute("PRAGMA page_size").fetchone()[0]
        self.bytes = path.read_bytes()

    def root(self, table):
        """The number of the page where a table begins."""
        return self.roots[table]

    def kind(self, page):
        """The first byte of a page that is not the file's first."""
        return self.bytes[(page - 1) * self.size]

    def is_interior(self, page):
        """Whether it only leads to others."""
        return self.kind(page) in INTERIOR

    def leaf(self, table):
        """A page with rows of a table: the last one."""
        page = self.root(table)
        while self.is_interior(page):
            page = struct.unpack_from(">I", self.bytes,
                                      (page - 1) * self.size + 8)[0]
        assert self.kind(page) in LEAF
        return page

    def overwrite(self, page):
        """Write junk over where the page begins."""
        with open(self.path, "r+b") as file:
            file.seek((page - 1) * self.size)
            file.write(b"\xa5" * JUNK_BYTES)
            os.fsync(file.fileno())
