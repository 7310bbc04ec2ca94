"""Read in a PDF that Chromium wrote: its sheets in order, and the places that links lead to.

Chromium (its library Skia) writes every object in plain text, compresses streams only, and ends
with a classic table of offsets. That, and no other PDF, is what this reads.
"""

import re


class Pdf:
    """A PDF in bytes: `objects` by number, `sheets` (numbers of the page objects, in order), and
    `places` (name of a place to number of the sheet, from 1)."""

    def __init__(self, data):
        self.objects = dict(_objects(data))
        self.catalog = self.objects[int(re.search(rb"/Root (\d+) 0 R", data[-4096:])[1])]
        self.sheets = list(self._leaves(self.reference(self.catalog, "Pages")))
        self.places = {
            plain(name): self.sheets.index(int(sheet)) + 1
            for name, sheet in re.findall(
                rb"/(\S+) \[(\d+) 0 R /XYZ", self.objects[self.reference(self.catalog, "Dests")]
            )
        }

    @staticmethod
    def reference(thing, key):
        """Number of the object that an entry of a dictionary refers to."""
        return int(re.search(rb"/%s (\d+) 0 R" % key.encode(), thing)[1])

    def _leaves(self, number):
        """The page objects below a node of the page tree."""
        kids = re.search(rb"/Kids \[([^]]*)\]", self.objects[number])
        if kids is None:
            yield number
            return
        for kid in re.findall(rb"(\d+) 0 R", kids[1]):
            yield from self._leaves(int(kid))


def _objects(data):
    """Number and content of every object in the table of offsets."""
    table = int(re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", data)[1])
    entries = re.findall(rb"(\d{10}) \d{5} ([nf])", data[table:])
    offsets = sorted((int(at), number) for number, (at, use) in enumerate(entries) if use == b"n")
    ends = [at for at, _ in offsets[1:]] + [table]
    for (start, number), end in zip(offsets, ends, strict=True):
        yield number, data[start:end].partition(b" obj\n")[2].rpartition(b"endobj")[0]


def plain(name):
    """A name without its escapes: /a#2eb is a.b."""
    plain = re.sub(rb"#([0-9a-fA-F]{2})", lambda code: bytes([int(code[1], 16)]), name)
    return plain.decode("utf-8")
