"""Every number the book states stands in an output or in the code, to the last digit.

The rules are in `tools/stated_numbers.py`. The proof that they work is at the end: every digit of
every stated number of the book is changed to every other digit, and 99 % of the changes are seen.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.markdown_segments import CODE, MATH, Segment, segments
from tools.notebooks import ROOT, book_notebooks, read_notebook
from tools.number_tokens import numbers_in_code, numbers_in_output
from tools.stated_numbers import (
    Evidence,
    Objection,
    Passage,
    Statement,
    book_pages,
    changed_digits,
    check_notebook,
    check_page,
    is_excepted,
    notebook_evidence,
    notebook_passages,
    objection,
    objections,
    page_name,
    page_passages,
    read_evidence,
    read_exceptions,
    stated_together,
    statements,
    text_passages,
    without_exceptions,
)

NOTEBOOKS = book_notebooks()
PAGES = book_pages()


# --- The book ---------------------------------------------------------------------------------


@cache
def book_evidence():
    """What all notebooks of the book show."""
    return read_evidence(NOTEBOOKS)


@cache
def book_objections(path):
    """The objections to one file of the book."""
    if path.suffix == ".ipynb":
        return check_notebook(path)
    return check_page(path, book_evidence())


def test_the_book_has_chapters():
    assert list(ROOT.glob("chapters/*.ipynb")), "no chapter found: nothing would be checked"


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=page_name)
def test_every_stated_number_is_shown(path):
    open_ones, _ = without_exceptions(book_objections(path), read_exceptions())
    assert not open_ones, "\n".join(map(str, open_ones))


def test_every_exception_is_needed_and_has_a_reason():
    exceptions = read_exceptions()
    found = [one for path in [*NOTEBOOKS, *PAGES] for one in book_objections(path)]
    _, unused = without_exceptions(found, exceptions)
    assert not unused, f"delete from tests/excepted_numbers.toml: {unused}"
    assert all(exception["reason"].strip() for exception in exceptions)


# --- Reading numbers --------------------------------------------------------------------------


def stated_in(source):
    """The literals of the numbers that a Markdown text states."""
    passages = text_passages(source, "page")
    return [statement.number.literal for p in passages for statement in statements(p)]


@pytest.mark.parametrize(
    ("source", "literals"),
    [
        # decimals, percentages, powers of ten, integers of three digits or more
        ("costs 0.4644, .5 or 2.", ["0.4644", ".5"]),
        ("23 %, 23%, $23\\%$, 44.9\u00a0% and 5 percent", None),
        ("$10^{-7}$, 10⁻⁷, 1e-7, 10^-7", ["10^{-7}", "10⁻⁷", "1e-7", "10^-7"]),
        ("$4.2 \\times 10^{-18}$", ["4.2 \\times 10^{-18}"]),
        ("5.960464478e-08 and 1e−7", ["5.960464478e-08", "1e−7"]),
        ("1000, 50257, 50,257, 50\u202f257", ["1000", "50257", "50,257", "50\u202f257"]),
        ("50 257 and $50{,}257$ and $50\\,257$", ["50 257", "50{,}257", "50\\,257"]),
        ("two classes, 10 scores, 3 of 99", []),
        # where a number may stand
        ("## The 0.462 of the note", ["0.462"]),
        ("| a | -1.6453 |\n|---|---:|\n| b | 0.25 |", ["-1.6453", "0.25"]),
        ("run `eps=0.001` or\n\n```python\nx = 1234\n```\n", ["0.001", "1234"]),
        ("$$\nL = -\\ln 0.63 = 0.462\n\\tag{5.1}\n$$", ["0.63", "0.462"]),
        ("<details><summary>Solution 0.25</summary>\n\n0.75\n\n</details>", ["0.25", "0.75"]),
        ("[costs 0.25](05_x.ipynb#0.75)", ["0.25"]),
        ("**0.464**, *0.462* and _0.461_", ["0.464", "0.462", "0.461"]),
        # signs
        ("−0.5, -0.25 and (-0.125)", ["−0.5", "-0.25", "-0.125"]),
        ("$x-0.5$, $x - 0.5$ and $2 - 0.25$", ["0.5", "0.5", "0.25"]),
        ("$e^{-0.5}$, $= -0.4$, $(-0.3)$", ["-0.5", "-0.4", "-0.3"]),
        ("$[-0.1, -0.2] \\approx -0.3 \\le - 0.4$", ["-0.1", "-0.2", "-0.3", "- 0.4"]),
        ("$\\alpha - 0.5$, $\\text{and } -0.25$", ["0.5", "-0.25"]),
        ("$a & -0.5 \\\\ -0.25$", ["-0.5", "-0.25"]),
        ("from 0.25-0.5 to 100–200", ["0.25", "0.5", "100", "200"]),
        # no numbers
        ("2.13.0, 1.5.2, float32, int64, E1-5, p_1, x_1000", []),
        ("on 2024-05-17, at 0x7f00ff", []),
        ("(128, 256)", ["128", "256"]),
    ],
)
def test_what_is_stated(source, literals):
    if literals is None:
        literals = ["23 %", "23%", "23\\%", "44.9\u00a0%", "5 percent"]
    assert stated_in(source) == literals


@pytest.mark.parametrize(
    "source",
    [
        "Section 3.2, Equation (5.4), equation (5.4), Exercise 5.10, Figure 3.1 and Chapter 12",
        "By (3.4), and as (12.34) says\n\n$$a \\tag{3.4}$$\n\n$$b \\tag{12.34}$$",
        "a note from 2021 says",
        "Sections 3.2 and 3.4, Equations (3.1)–(3.4), Exercises 5.1, 5.2 and 5.3",
        "### 3.2 Shift invariance",
        "Bridle (1990), Bridle (1990a, 1990b), (Shannon, 1948) and Good 1952.",
        "Shannon 1948, Kullback and Leibler 1951, Luce 1959",
        "In 1948 Shannon measured it; in 1951, Kullback and Leibler; in 1952.",
        "the 1990 paper, Python 3.11, version 2.13, IEEE 754, CIFAR-100, pp. 379–423",
        "https://doi.org/10.1002/j.1538-7305.1948.tb01338.x, doi:10.1000/182, arXiv:1706.03762",
        "<https://example.org/0.25> and [a page](https://example.org/0.25_(b)0.75)",
        "$$x \\tag{12.34}$$",
        "# References\n\n## Books\n\n- B. Author (1999). Title, 123–145.",
        "## References\n\n- A. Turing (1936). *Proceedings* 42, 230–265.\n\n0.25",
    ],
)
def test_what_is_no_result(source):
    assert stated_in(source) == []


@pytest.mark.parametrize(
    ("source", "literals"),
    [
        ("Section 0.46 and Figure 1.194", ["0.46", "1.194"]),
        ("in 2000 draws, for 1999 examples", ["2000", "1999"]),
        ("Section 3.2 and 1.194", ["1.194"]),
        ("by (3.5)\n\n$$a \\tag{3.4}$$", ["3.5"]),
        ("## Summary\n\n0.25\n\n## References\n\n0.5", ["0.25"]),
    ],
)
def test_a_result_is_not_taken_for_a_reference(source, literals):
    assert stated_in(source) == literals


def test_segments_keep_their_place():
    source = (
        "a `b` $c$ &nbsp; <br> [d](e.md)\n\n$$\nf\n$$\n\n~~~\ng\n~~~\n\n```{note}\nh $i$\n```\n"
    )
    found = segments(source)
    assert {CODE: "bg", MATH: "ci"}.items() <= {
        kind: "".join(s.text.strip() for s in found if s.kind == kind and s.text.strip() != "f")
        for kind in (CODE, MATH)
    }.items()
    for segment in found:
        there = source[segment.start : segment.start + len(segment.text)]
        assert all(new in (old, " ") for new, old in zip(segment.text, there, strict=True))


def test_numbers_of_an_output():
    text = "[ 1.2 -0.5  0.3]\ndog  -0.46\n-1.6453 x-0.5 loss=-2 -1.00e-07 50_257 44.9% (128, 256)"
    values = " ".join(str(number.value) for number in numbers_in_output(text))
    assert values == "1.2 -0.5 0.3 -0.46 -1.6453 0.5 -2 -1.00E-7 50257 44.9 128 256"


def test_numbers_of_code():
    source = (
        "a = [-1.5, 2e-7]\nx-0.5\nf'{3.5:.4f}'  # 9\n'0.25'\n"
        "y = -3 if x else -4.5\nz = f(1)-1_000\n%time 77\nreturn -8, 2j, 0x10"
    )
    values = " ".join(str(number.value) for number in numbers_in_code(source))
    assert values == "-1.5 2E-7 0.5 -3 -4.5 1 1000 -8"


# --- Where a number must stand ----------------------------------------------------------------


def sample(cells):
    """A notebook of Markdown texts, and of (source, printed text, metadata) for code."""
    notebook = new_notebook()
    for cell in cells:
        if isinstance(cell, str):
            notebook.cells.append(new_markdown_cell(cell))
        else:
            source, printed, *metadata = cell
            outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
            code = new_code_cell(source, outputs=outputs, metadata=metadata[0] if metadata else {})
            notebook.cells.append(code)
    return notebook


def complaints(notebook):
    """The literals to which the check objects in `notebook`."""
    passages = notebook_passages(notebook, "page")
    found = objections(passages, Evidence(notebook_evidence(notebook, "page")))
    return [one.statement.number.literal for one in found]


FIGURE = {
    "mystnb": {
        "figure": {"caption": "The loss falls to 0.125.", "name": "fig-loss"},
        "image": {"alt": "A line from 16.25 at the left down to 0.125 at the right."},
    }
}
GOOD_CELLS = [
    "# 1 A sample\n\nIt costs 0.4644 nats.",
    "## The loss",
    ("logits = [1.0, -2.5]\nprint(loss)", "loss 0.4644 share 44.9%\ntiny 1.87e-13\ncount 50257\n"),
    "It costs 0.4644 nats, 44.9 % of the sum; $z = (1.0, -2.5)$ and $K = 50{,}257$.",
    "| rest | size |\n|---|---|\n| tiny | $1.87 \\times 10^{-13}$ |",
    "$$L = 0.4644. \\tag{1.1}$$",
    ("plot()", "16.25 0.125\n", FIGURE),
    "## Summary\n\nFrom 16.25 to 0.125.",
]


def test_a_good_notebook_passes():
    assert complaints(sample(GOOD_CELLS)) == []


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [
        (0, "0.4644", "0.4645"),
        (3, "0.4644", "0.4654"),
        (3, "44.9", "44.8"),
        (3, "44.9 %", "44.9"),
        (3, "-2.5", "2.5"),
        (3, "-2.5", "-2.50"),
        (3, "1.0", "1.1"),
        (3, "50{,}257", "50{,}256"),
        (3, "0.4644", "00.4644"),
        (3, "0.4644", "0.464"),
        (4, "1.87", "1.88"),
        (4, "-13", "-12"),
        (4, "10^", "20^"),
        (5, "0.4644", "-0.4644"),
        (5, "0.4644", "0.5644"),
        (7, "16.25", "16.26"),
    ],
)
def test_a_wrong_number_in_a_text_is_found(cell, old, new):
    cells = list(GOOD_CELLS)
    assert old in cells[cell]
    cells[cell] = cells[cell].replace(old, new)
    assert complaints(sample(cells))


@pytest.mark.parametrize(
    ("place", "key", "old"), [("figure", "caption", "0.125"), ("image", "alt", "16.25")]
)
def test_a_wrong_number_in_a_caption_or_an_alt_text_is_found(place, key, old):
    notebook = sample(GOOD_CELLS)
    texts = notebook.cells[6].metadata["mystnb"][place]
    texts[key] = texts[key].replace(old, "0.126")
    assert complaints(notebook) == ["0.126"]


def test_a_wrong_number_in_a_markdown_page_is_found(tmp_path):
    evidence = Evidence(notebook_evidence(sample(GOOD_CELLS), "chapter"))
    page = tmp_path / "intro.md"
    page.write_text("# The book\n\nIt costs 0.4644 nats.\n")
    assert check_page(page, evidence) == []
    page.write_text("# The book\n\nIt costs 0.4634 nats.\n")
    assert [one.statement.number.literal for one in check_page(page, evidence)] == ["0.4634"]


def test_a_markdown_page_refers_to_the_equations_of_the_notebooks(tmp_path):
    page = tmp_path / "notation.md"
    page.write_text("# Notation\n\nNumbers such as (3.1).\n")
    assert check_page(page, Evidence([], frozenset({"3.1"}))) == []
    assert len(check_page(page, Evidence([], frozenset({"3.2"})))) == 1


def test_a_number_is_not_found_in_code_that_does_not_state_it():
    hidden = ["## One", ("x = f'{y:0.25f}'  # 0.75\n'0.5'", ""), "0.25, 0.75 and 0.5"]
    assert complaints(sample(hidden)) == ["0.25", "0.75", "0.5"]


def test_a_short_number_is_looked_for_in_its_section():
    shown = ["## One", ("f()", "0.63 2.4610\n")]
    assert complaints(sample([*shown, "## Two\n\n0.63"])) == ["0.63"]
    assert complaints(sample([*shown, "## Two\n\n2.4610"])) == []
    assert complaints(sample([*shown, "## Exercises\n\n0.63"])) == []


def test_only_visible_html_counts():
    notebook = sample(["## One", ("explorer", ""), "0.25, 0.5 and 0.75"])
    html = "<style>a{width:0.5em}</style><p>0.25</p><script>let x = 0.75</script>"
    data = {"text/html": html, "text/plain": "0.75"}
    notebook.cells[1].outputs = [new_output("display_data", data=data)]
    assert complaints(notebook) == ["0.5", "0.75"]


def test_a_slip_that_hits_another_printed_number_is_found():
    shown = ["## One", ("f()", "0.20 1.609\n0.49 0.713\n0.90 0.105\n")]
    assert complaints(sample([*shown, "Right with 0.2 costs 1.609, wrong with 0.49 0.713."])) == []
    assert complaints(sample([*shown, "Right with 0.9 costs 1.609."])) == ["0.9"]
    assert complaints(sample([*shown, "Read off 0.9 alone."])) == []


def test_exceptions():
    notebook = sample(["## One\n\nA source prints 0.463 here, and 0.463 there."])
    found = objections(notebook_passages(notebook, "page"), Evidence([]))
    entry = {"page": "page", "number": "0.463", "context": "source prints 0.463", "reason": "r"}
    open_ones, unused = without_exceptions(found, [entry])
    assert [one.statement.number.start for one in open_ones] == [found[1].statement.number.start]
    assert unused == []
    for key, value in {"page": "x", "number": "0.462", "context": "0.463 elsewhere"}.items():
        other = entry | {key: value}
        assert without_exceptions(found, [other]) == (found, [other])


# --- The proof --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One digit of one stated number, changed."""

    stated: list[Statement]  # of the cell, before
    position: int  # of the changed statement among them
    passage: Passage  # with the changed digit
    place: int  # of the digit in the passage

    def __str__(self) -> str:
        before = self.stated[self.position]
        start, end = before.number.start, before.number.end
        return (
            f"{before.passage.page} cell {before.passage.cell}: {before.number.literal} -> "
            f"{self.passage.segment.text[start:end]}"
        )


def changes(passages: list[Passage]) -> Iterator[Change]:
    """Every digit of every stated number, changed to every other digit."""
    for stated in stated_together(passages):
        for position, statement in enumerate(stated):
            passage, number = statement.passage, statement.number
            for text in changed_digits(passage.segment.text, number.start, number.end):
                place = next(i for i, old in enumerate(passage.segment.text) if text[i] != old)
                changed = Segment(passage.segment.kind, passage.segment.start, text)
                yield Change(stated, position, replace(passage, segment=changed), place)


def survives(change: Change, evidence: Evidence, exceptions: list[dict]) -> str:
    """How the changed number passed the check, or "" if the check objects to it."""
    before = change.stated[change.position]
    mine = [s for s in change.stated if s.passage is before.passage]
    first = change.stated.index(mine[0])
    again = statements(change.passage)
    stated = change.stated[:first] + again + change.stated[first + len(mine) :]
    for position, statement in enumerate(again, start=first):
        if statement.number.start <= change.place < statement.number.end:
            reason = objection(stated, position, evidence)
            found = Objection(statement, reason)
            if reason and not any(is_excepted(found, e) for e in exceptions):
                return ""
            cells = {o.line.cell for o in evidence.supporting(statement.number, statement.passage)}
            return f"shown in cell {sorted(cells)}"
    return "no longer read as a result"


def book_text() -> list[tuple]:
    """Path, passages and evidence of every page of the book."""
    book = []
    for path in NOTEBOOKS:
        passages = notebook_passages(read_notebook(path), page_name(path))
        book.append((path, passages, read_evidence([path])))
    for path in PAGES:
        book.append((path, page_passages(path, book_evidence()), book_evidence()))
    return book


def test_changed_digits_are_caught(record_property):
    exceptions = read_exceptions()
    total, survivors = 0, []
    for _, passages, evidence in book_text():
        for change in changes(passages):
            total += 1
            if how := survives(change, evidence, exceptions):
                survivors.append(f"  {change}: {how}")
    caught = f"changed digits: {total - len(survivors)} of {total} are caught; the others:"
    record_property("report", "\n".join([caught, *survivors]))
    assert total > 0
    assert len(survivors) <= 0.01 * total, "\n".join([caught, *survivors])


def test_the_proof_sees_a_collision():
    notebook = sample(["## One", ("f()", "0.4644\n0.4645\n"), "0.4644"])
    passages = notebook_passages(notebook, "page")
    evidence = Evidence(notebook_evidence(notebook, "page"))
    hits = [str(c) for c in changes(passages) if survives(c, evidence, [])]
    assert hits == ["page cell 2: 0.4644 -> 0.4645"]


def changed_file(path, change, folder):
    """A copy of the file in `path` in `folder` with one digit changed."""
    passage = change.passage
    at = passage.segment.start + change.place
    digit = passage.segment.text[change.place]
    copy = folder / path.name
    if path.suffix == ".md":
        text = path.read_text(encoding="utf-8")
        copy.write_text(text[:at] + digit + text[at + 1 :], encoding="utf-8")
        return copy
    notebook = read_notebook(path)
    cell = notebook.cells[passage.cell]
    text = passage.source[:at] + digit + passage.source[at + 1 :]
    if passage.place == "text":
        cell.source = text
    elif passage.place == "caption":
        cell.metadata["mystnb"]["figure"]["caption"] = text
    else:
        cell.metadata["mystnb"]["image"]["alt"] = text
    nbformat.write(notebook, copy)
    return copy


def test_changed_files_are_caught(tmp_path):
    """The same through files on disk, for a sample: what the proof calls caught is caught."""
    book = book_text()
    candidates = [(p, e, change) for p, passages, e in book for change in changes(passages)]
    caught = [c for c in candidates if not survives(c[2], c[1], [])]
    for path, evidence, change in random.Random(0).sample(caught, min(50, len(caught))):
        copy = changed_file(path, change, tmp_path)
        found = check_notebook(copy) if path.suffix == ".ipynb" else check_page(copy, evidence)
        at = change.passage.segment.start + change.place
        assert any(o.statement.span[0] <= at < o.statement.span[1] for o in found), str(change)
