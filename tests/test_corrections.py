"""The page of corrections holds every correction once, under its kind, counted in its table."""

import ast
import re
from collections import Counter

import pytest

from tools.notebooks import ROOT, read_notebook

CELLS = read_notebook(ROOT / "appendix" / "corrections.ipynb").cells

# How many corrections each of the five articles has; a label counts them from 1.
OF_ARTICLE = {0: 7, 1: 34, 2: 16, 3: 8, 4: 9}
LABELS = {f"E{a}-{n}" for a, count in OF_ARTICLE.items() for n in range(1, count + 1)}


def kinds_and_cell():
    """The labels of each kind, as the page lists them, and the cell that does."""
    for cell in CELLS:
        if cell.cell_type == "code" and cell.source.startswith("kinds = "):
            listed = ast.literal_eval(ast.parse(cell.source).body[0].value)
            return {kind: labels.split() for kind, labels in listed.items()}, cell
    raise AssertionError("no cell lists the kinds")


def bold_labels(text):
    """The labels that stand in bold.

    >>> bold_labels("**E1-31** and **E4-4.** Not E1-1, nor *E1-2*.")
    ['E1-31', 'E4-4']
    """
    return re.findall(r"\*\*(E\d-\d+)\.?\*\*", text)


def labels_in_sections():
    """Every label in bold, with the heading it stands under."""
    heading = ""
    for cell in CELLS:
        if cell.cell_type == "markdown":
            for line in cell.source.split("\n"):
                heading = line[3:] if line.startswith("## ") else heading
                yield from ((label, heading) for label in bold_labels(line))


def test_the_kinds_hold_every_label_once():
    kinds, _ = kinds_and_cell()
    assert Counter(label for labels in kinds.values() for label in labels) == Counter(LABELS)


def test_every_label_has_one_entry_under_its_kind():
    kinds, _ = kinds_and_cell()
    wanted = [(label, kind) for kind, labels in kinds.items() for label in labels]
    assert Counter(labels_in_sections()) == Counter(wanted)


def test_the_table_counts_them():
    kinds, cell = kinds_and_cell()
    rows = cell.outputs[0].text.splitlines()[1:]
    assert len(rows) == len(kinds) + 1
    for row, labels in zip(rows, [*kinds.values(), LABELS], strict=True):
        counts = [sum(label.startswith(f"E{a}-") for label in labels) for a in OF_ARTICLE]
        assert [int(n) for n in re.findall(r"\d+", row)] == [*counts, len(labels)]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (r"(\d+) in all", len(LABELS)),
        (r"article 1 has the most, (\d+)", OF_ARTICLE[1]),
    ],
)
def test_the_text_says_how_many(said, number):
    text = "\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
    (found,) = re.findall(said, text)
    assert int(found) == number


def test_the_last_kind_is_counted_in_words():
    kinds, _ = kinds_and_cell()
    assert len(kinds["True where they stand"]) == 8
    text = "\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
    assert "Eight of the 74" in text and "Eight sentences" in text


def test_the_well_known_texts_are_numbered_through():
    text = "\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
    assert re.findall(r"\*\*T(\d+)\.\*\*", text) == [str(n) for n in range(1, 17)]
    assert "sixteen slips in well-known texts" in text
