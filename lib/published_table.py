"""The table of all printed numbers, to be filtered by source and verdict without a kernel.

A notebook that ends a cell with `PublishedTable()` stores the whole table, so that it can be read
where no script runs; in the page, `explorer_assets/published.js` hides the rows not asked for.
"""

import re
from collections import Counter
from html import escape
from itertools import groupby

from .explorers.frame import asset, fill, true_minus
from .published import SOURCES
from .published_numbers import PUBLISHED_NUMBERS, VERDICTS, value_in_words, verdict

VERDICTS_IN_SENTENCES = {
    "confirmed": "confirmed",
    "last digit moved": "moved in the last digit",
    "true of rounded inputs": "true of rounded inputs",
    "wrong": "wrong",
    "not reproducible": "not reproducible",
    "not a result": "not results",
}


def counts(numbers=PUBLISHED_NUMBERS):
    """Return how many of the printed numbers got each verdict, in the order of VERDICTS.

    >>> counts()["true of rounded inputs"]
    2
    """
    found = Counter(verdict(number).word for number in numbers)
    return {word: found[word] for word in VERDICTS}


def summary(numbers=PUBLISHED_NUMBERS):
    """Return the verdicts on all printed numbers, counted, in one sentence.

    >>> summary(PUBLISHED_NUMBERS[28:36])
    'Of 8 numbers, 5 are confirmed, 2 true of rounded inputs and 1 wrong.'
    """
    *first, last = (
        f"{n} {VERDICTS_IN_SENTENCES[word]}" for word, n in counts(numbers).items() if n
    )
    found = f"{', '.join(first)} and {last}" if first else last
    return f"Of {len(numbers)} numbers, {found.replace(' ', ' are ', 1)}."


class PublishedTable:
    """Every number printed in the sources: what it is, as printed, computed now, the verdict.

    Chapter: Appendix, Published numbers.

    >>> print(PublishedTable(PUBLISHED_NUMBERS[28:31]))
    Of 3 numbers, 3 are confirmed.
    """

    def __init__(self, numbers=PUBLISHED_NUMBERS):
        self.numbers = numbers

    def __repr__(self):
        return summary(self.numbers)

    def _repr_html_(self):
        return fill(
            "published.html",
            css=asset("explorer.css") + asset("published.css"),
            sources="".join(self._source_options()),
            verdicts="".join(self._verdict_options()),
            groups="".join(_group(*group) for group in self._groups()),
            status=self.status(),
            script=asset("frame.js") + asset("published.js"),
        )

    def status(self):
        """Return how many rows are shown, and how many of each verdict: at first, of all rows."""
        found = (f"{n} {word}" for word, n in counts(self.numbers).items() if n)
        return f"{len(self.numbers)} of {len(self.numbers)} numbers shown: {', '.join(found)}."

    def _source_options(self):
        found = Counter(number.source for number in self.numbers)
        for name, source in SOURCES.items():
            yield f'<option value="{name}">{escape(source.title)} ({found[name]})</option>'

    def _verdict_options(self):
        for word, n in counts(self.numbers).items():
            yield f'<option value="{word}">{word} ({n})</option>'

    def _groups(self):
        """Yield the source, the example, the place and the rows of numbers that belong together."""

        def group(number):
            return number.source, number.example, number.place

        for key, numbers in groupby(self.numbers, group):
            yield *key, tuple(numbers)


def _group(source, example, place, numbers):
    return fill(
        "published_group.html",
        example=escape(example),
        title=escape(SOURCES[source].title),
        place=escape(place),
        rows="".join(map(_row, numbers)),
    )


def _row(number):
    found = verdict(number)
    value = escape(true_minus(value_in_words(number))) or "nothing to compute"
    if found.word in ("last digit moved", "true of rounded inputs"):
        value += f"<br><small>rounded: {true_minus(found.recomputed)}</small>"
    return fill(
        "published_row.html",
        source=number.source,
        verdict=found.word,
        number=str(number.row),
        what=_code(number.what),
        note=f"<br><small>{_code(number.note)}</small>" * bool(number.note),
        printed=escape(number.printed),
        value=value,
    )


def _code(text):
    """Return a line of plain text as HTML, with `code` between backticks.

    >>> _code("`high` > 0")
    '<code>high</code> &gt; 0'
    """
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(text, quote=False))
