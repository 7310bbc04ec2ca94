"""Find every number the book states, and the output or the input that it repeats.

    python -m tools.stated_numbers [FILES]    list each stated number that no cell shows

A number in prose, mathematics, a table, a caption or an alt text is *stated*. It must stand, with
its sign and at no more than its printed precision, in an output of the notebook, or in its code as
an input. Nothing is rounded here: prose says what the cell printed.

Three things are asked of a stated number, in this order (see `objection`):

1. It is written as numbers are written: 0.46, not 00.46.
2. A cell in reach shows it (see `in_reach`).
3. It is no slip of the pen: no number that differs from it in one digit fits better, because it
   stands in this section and the other elsewhere, or in a line that shares more with the sentence
   (see `likely_meant`). Without this rule a wrong digit that hits another printed number passes.
   On the first two chapters 3 % of all one-digit changes did so, and 0.9 % with the rule.

What is no result (a year, an equation number, a version) is recognised by where it stands, see
NOT_A_RESULT; the rest is listed one by one in `tests/excepted_numbers.toml`.
"""

import argparse
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup
from nbformat import NotebookNode

from tools.markdown_segments import PROSE, Segment, prose_only, segments
from tools.notebooks import ROOT, book_notebooks, read_notebook
from tools.number_tokens import Number, numbers_in_code, numbers_in_output, numbers_in_segment

EXCEPTIONS = ROOT / "tests" / "excepted_numbers.toml"


def book_pages(root: Path = ROOT) -> list[Path]:
    """The Markdown pages whose numbers come from the notebooks."""
    return [
        path
        for path in [root / "README.md", root / "intro.md", *sorted(root.glob("appendix/*.md"))]
        if path.exists()
    ]


# --- What is stated ---------------------------------------------------------------------------


class Section(NamedTuple):
    """The part of a page under a heading of level 2, and within it under one of level 3.

    Each exercise is a part by itself, also without a heading. What stands before the first heading
    of level 2 is the opening, without a title.
    """

    position: int
    title: str
    part: int


OPENING = Section(0, "", 0)
REFERENCES = Section(0, "references", 0)  # a page of references, whatever headings it has
BEGINNING = re.compile(
    r"""
    ^(?P<level>\#{1,3})\s+(?:[\d.]+\s+)?(?P<title>.*?)\s*\#*$
    | ^\*\*(?:Exercise\ )?\d+(?:\.\d+)*(?:[.:)]|\*\*|\ )   # **3. Buying a loss.**
    """,
    re.MULTILINE | re.VERBOSE,
)


def next_section(section: Section, beginning: re.Match) -> Section:
    """The section that begins at a heading, or at an exercise."""
    level, title = beginning["level"], (beginning["title"] or "").lower()
    if section == REFERENCES or (level == "#" and title == "references"):
        return REFERENCES
    if level == "#":
        return section
    if level == "##":
        return Section(section.position + 1, title, 0)
    return section._replace(part=section.part + 1)


@dataclass(frozen=True)
class Passage:
    """A stretch of text that a reader sees, and where it stands."""

    page: str
    cell: int
    place: str  # "text", "caption" or "alt text"
    section: Section
    labels: frozenset[str]  # of the page's numbered equations
    source: str  # of the whole cell, caption or alt text
    segment: Segment  # the passage itself; its `start` counts from the beginning of `source`


@dataclass(frozen=True)
class Statement:
    """A number that a passage states."""

    passage: Passage
    number: Number

    @property
    def span(self) -> tuple[int, int]:
        """Where the number begins and ends in the source of its cell, caption or alt text."""
        offset = self.passage.segment.start
        return offset + self.number.start, offset + self.number.end

    def context(self, width: int = 36) -> str:
        """The number with some of the text around it, on one line."""
        start, end = self.span
        return " ".join(self.passage.source[max(0, start - width) : end + width].split())


def text_passages(source: str, page: str, labels: frozenset[str] = frozenset()) -> list[Passage]:
    """The passages of a Markdown page, which may refer to equations with these `labels`."""
    return cell_passages(source, page, 0, OPENING, labels | equation_labels(source))[0]


def notebook_passages(notebook: NotebookNode, page: str) -> list[Passage]:
    """What a reader of the notebook sees beside code and outputs, in order."""
    labels = notebook_labels(notebook)
    found = []
    section = OPENING
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            passages, section = cell_passages(cell.source, page, index, section, labels)
            found += passages
        elif cell.cell_type == "code":
            for place, text in figure_texts(cell):
                at = (page, index, place, section, labels, text)
                found += [Passage(*at, segment) for segment in segments(text)]
    return found


def cell_passages(
    source: str, page: str, cell: int, section: Section, labels: frozenset[str]
) -> tuple[list[Passage], Section]:
    """The passages of a text that begins in `section`, and the section that it ends in."""
    beginnings = list(BEGINNING.finditer(prose_only(source)))
    found = []
    for segment in segments(source):
        while beginnings and beginnings[0].start() <= segment.start:
            section = next_section(section, beginnings.pop(0))
        found.append(Passage(page, cell, "text", section, labels, source, segment))
    return found, section


def notebook_labels(notebook: NotebookNode) -> frozenset[str]:
    """The numbers of the equations of a notebook."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return equation_labels("\n\n".join(texts))


def equation_labels(source: str) -> frozenset[str]:
    """The numbers that a text gives to its equations: 3.1 for \\tag{3.1}."""
    return frozenset(re.findall(r"\\tag\{([^{}]*)\}", source))


def figure_texts(cell: NotebookNode) -> list[tuple[str, str]]:
    """The caption and the alt text of a figure cell, each with its name."""
    metadata = cell.metadata.get("mystnb", {})
    texts = {
        "caption": metadata.get("figure", {}).get("caption"),
        "alt text": metadata.get("image", {}).get("alt"),
    }
    return [(place, text) for place, text in texts.items() if text]


# A reference to something numbered: 3, 3.2, (5.4), 3.10a; never 0.46 or 1.194.
LABEL = r"\(?[1-9]\d?(?:\.[1-9]\d?)?[a-z]?\)?(?![\d.]*\d)"
NUMBERED = (
    r"(?:[Cc]hapter|[Ss]ection|Sec\.|[Ee]quation|[Ee]q\.|[Ee]xercise|Figure|Fig\.|Table|Theorem"
    r"|Lemma|Proposition|Definition|Algorithm|Listing|Appendix|Part|Step)"
)
WORK = r"(?:paper|report|article|book|thesis|note)"
YEAR = r"(?:1[6-9]|20)\d\d[a-z]?(?![\d.,]*\d)"
NOT_A_RESULT = re.compile(
    rf"""
    \b{NUMBERED}\s+{LABEL}
    | \b{NUMBERED}s\s+{LABEL}(?:(?:\s*[,–-]\s*|,?\s+(?:and|or|to)\s+){LABEL})*
    | ^\#{{1,6}}\s+\d{{1,2}}(?:\.\d{{1,2}})*(?=\s)            # the number of a heading
    | \bpp?\.\s*\d+(?:\s*[–-]\s*\d+)?                         # pages
    | \b[A-Z][\w'’.-]+[\]*_]*\s+\({YEAR}(?:,\s*{YEAR})*(?=[),;])   # Bridle (1990)
    | \b[A-Z][\w'’.-]+[\]*_]*,?\s+{YEAR}(?=[),.;:\]]|\s*$)    # (Shannon, 1948)
    | \b[Ii]n\s+{YEAR}(?=[,.;:)]|\s+[A-Z]|\s+by\b|\s*$)       # in 1948
    | \b{YEAR}\s+{WORK}\b
    | \b{WORK}\s+(?:of|from)\s+{YEAR}
    | \bPython\s+3\.\d+
    | \b[Vv]ersions?\s+\d+(?:\.\d+)*
    | \b(?:IEEE|ISO|RFC|PEP)[\s\u00a0-]?\d+                   # standards
    | \b[A-Z][A-Za-z]*-\d+\b                                  # names: CIFAR-100
    """,
    re.MULTILINE | re.VERBOSE,
)


def statements(passage: Passage) -> list[Statement]:
    """The numbers that `passage` states as facts."""
    if passage.section.title == "references":
        return []
    numbers = [n for n in numbers_in_segment(passage.segment) if n.is_a_statement()]
    if passage.segment.kind != PROSE:
        return [Statement(passage, number) for number in numbers]
    text = passage.segment.text
    places = [match.span() for match in NOT_A_RESULT.finditer(text)]
    places += [m.span() for m in re.finditer(r"\(([\d.]+)\)", text) if m[1] in passage.labels]
    return [
        Statement(passage, number)
        for number in numbers
        if not any(start <= number.start < end for start, end in places)
    ]


# --- What the cells show ----------------------------------------------------------------------


class Line(NamedTuple):
    """A line of a cell's code or outputs: a sentence reads one aloud, and shares its words."""

    page: str
    cell: int
    position: int
    words: frozenset[str]


@dataclass(frozen=True)
class Shown:
    """A number that a cell printed, or that stands in its code."""

    section: Section
    line: Line
    is_input: bool
    number: Number


def notebook_evidence(notebook: NotebookNode, page: str) -> list[Shown]:
    """Every number in the code and in the outputs of `notebook`, in order."""
    shown = []
    section = OPENING
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            section = cell_passages(cell.source, page, index, section, frozenset())[1]
        elif cell.cell_type == "code":
            code = cell.source.split("\n")
            inputs: dict[int, list[Number]] = defaultdict(list)
            for number in numbers_in_code(cell.source):
                inputs[cell.source.count("\n", 0, number.start)].append(number)
            printed = [line for o in cell.outputs for line in visible_text(o).split("\n")]
            for position, text in enumerate(code + printed):
                is_input = position < len(code)
                line = Line(page, index, position, words(text))
                numbers = inputs[position] if is_input else numbers_in_output(text)
                shown += [Shown(section, line, is_input, number) for number in numbers]
    return shown


def words(text: str) -> frozenset[str]:
    """The words of three letters or more, in lower case."""
    return frozenset(word.lower() for word in re.findall(r"[^\W\d_]{3,}", text))


def visible_text(output: NotebookNode) -> str:
    """What a reader sees of an output as text: its richest form, unless that is a picture."""
    if output.output_type == "stream":
        return output.text
    data = output.get("data", {})
    if "image/svg+xml" in data:
        return ""
    if "text/html" in data:
        page = BeautifulSoup(data["text/html"], "html.parser")
        for unseen in page(["script", "style"]):
            unseen.decompose()
        for row in page("tr"):
            row.append("\n")
        return page.get_text(" ")
    return data.get("text/markdown", data.get("text/plain", ""))


class Evidence:
    """The numbers that one notebook shows, or several, found by value; their equations' labels."""

    def __init__(self, shown: list[Shown], labels: frozenset[str] = frozenset()):
        self.shown = shown
        self.labels = labels
        self.by_value: dict[Decimal, list[Shown]] = defaultdict(list)
        for one in shown:
            self.by_value[one.number.value].append(one)

    def supporting(self, number: Number, passage: Passage) -> list[Shown]:
        """Where `number` is shown in reach of `passage`."""
        same = [
            one
            for one in self.by_value.get(number.value, ())
            if one.number.percent == number.percent and one.number.last_place <= number.last_place
        ]
        if number.percent:  # 23 % may be the input 0.23
            same += [one for one in self.by_value.get(number.value / 100, ()) if one.is_input]
        return [one for one in same if in_reach(number, passage, one)]

    def nearest(self, number: Number, count: int = 3) -> list[Decimal]:
        """The shown values closest to `number`, to help an author find what was meant."""
        values = {o.number.value for o in self.shown if o.number.percent == number.percent}
        return sorted(values, key=lambda value: abs(value - number.value))[:count]


# --- Whether the one repeats the other --------------------------------------------------------

LONG = 5  # significant digits from which a number is unlikely to be met by accident
WHOLE_NOTEBOOK = ("", "summary", "exercises", "mistakes", "in this chapter")
COMPANIONS = 2  # how many statements on either side belong to the same thought
SENTENCE_END = re.compile(r"[.!?:;]\s|\n\s*\n|\n\|")


def in_reach(number: Number, passage: Passage, one: Shown) -> bool:
    """Whether a reader of `passage` would look for `number` where `one` stands.

    In the same section. Sections about the whole chapter and long numbers reach all of it; the
    Markdown pages reach every notebook.
    """
    return (
        passage.section.title in WHOLE_NOTEBOOK
        or number.digits >= LONG
        or passage.page != one.line.page
        or passage.section.position == one.section.position
    )


@dataclass(frozen=True)
class Objection:
    """A stated number that does not stand where it must, and why."""

    statement: Statement
    reason: str

    def __str__(self) -> str:
        passage, literal = self.statement.passage, self.statement.number.literal
        where = f"{passage.page} cell {passage.cell} ({passage.place})"
        return f"{where}: {literal}: {self.reason}\n    ... {self.statement.context()} ..."


def objections(passages: list[Passage], evidence: Evidence) -> list[Objection]:
    """Every statement in `passages` that no cell shows, or that looks like a slip."""
    found = []
    for stated in stated_together(passages):
        reasons = [objection(stated, position, evidence) for position in range(len(stated))]
        found += [
            Objection(statement, reason)
            for statement, reason in zip(stated, reasons, strict=True)
            if reason
        ]
    return found


def stated_together(passages: list[Passage]) -> list[list[Statement]]:
    """The statements of each cell, caption and alt text, in reading order."""
    together: dict[tuple, list[Statement]] = defaultdict(list)
    for passage in passages:
        together[passage.page, passage.cell, passage.place] += statements(passage)
    return list(together.values())


def objection(stated: list[Statement], position: int, evidence: Evidence) -> str:
    """What is wrong with the statement at `position` of a text; an empty string if nothing is."""
    statement = stated[position]
    number = statement.number
    if not number.is_well_written():
        return "a number does not begin with a zero and a digit"
    support = evidence.supporting(number, statement.passage)
    if not support:
        nearest = ", ".join(f"{value:f}" for value in evidence.nearest(number))
        return f"no cell in reach shows it (nearest in the notebook: {nearest or 'none'})"
    meant = likely_meant(stated, position, evidence, support)
    if meant:
        return f"a slip? {meant} is shown where it fits this sentence better"
    return ""


def likely_meant(
    stated: list[Statement], position: int, evidence: Evidence, support: list[Shown]
) -> str:
    """The shown number one digit away that fits the sentence better; "" if none does.

    Prose reads lines aloud: "right with 0.2 costs 1.609" stands where a line shows 0.20 and 1.609.
    If the prose says 0.9, and 0.9 is shown too, but not beside 1.609, then 0.2 was meant.
    """
    statement = stated[position]
    passage = statement.passage
    first = max(0, position - COMPANIONS)
    companions = stated[first:position] + stated[position + 1 : position + 1 + COMPANIONS]
    marks = [evidence.supporting(c.number, c.passage) for c in companions]
    spoken = words(sentence(statement))
    best = max(fit(one, passage, marks, spoken) for one in support)
    for other in one_digit_changes(statement.number.literal, passage.segment.kind):
        if any(other.value == companion.number.value for companion in companions):
            continue  # the sentence states both
        rivals = evidence.supporting(other, passage)
        if any(fit(one, passage, marks, spoken) > best for one in rivals):
            return other.literal
    return ""


def sentence(statement: Statement) -> str:
    """The sentence, or the row of a table, in which the number stands."""
    source = statement.passage.source
    start, end = statement.span
    begins = max((match.end() for match in SENTENCE_END.finditer(source, 0, start)), default=0)
    ends = SENTENCE_END.search(source, end)
    return source[begins : ends.start() if ends else len(source)]


def fit(
    one: Shown, passage: Passage, marks: list[list[Shown]], spoken: frozenset[str]
) -> tuple[bool, int]:
    """How well `one` fits: it stands in the section (or exercise) of the passage, and its line
    shares numbers (`marks`, one list for each neighbouring statement) and words with the sentence.
    """
    here = (one.line.page, one.section) == (passage.page, passage.section)
    numbers = sum(any(m.line == one.line and m is not one for m in shown) for shown in marks)
    return here, numbers + min(len(spoken & one.line.words), 3)


@cache
def one_digit_changes(literal: str, kind: str) -> list[Number]:
    """Every number that is written like `literal` with one digit changed."""
    found = []
    for text in changed_digits(literal, 0, len(literal)):
        numbers = numbers_in_segment(Segment(kind, 0, text))
        if len(numbers) == 1 and numbers[0].is_well_written():
            found += numbers
    return found


def changed_digits(text: str, start: int, end: int) -> Iterator[str]:
    """`text` with one digit between `start` and `end` replaced, for each digit and replacement."""
    for place in range(start, end):
        digits = next((ten for ten in DIGITS if text[place] in ten), "")
        for digit in digits.replace(text[place], ""):
            yield text[:place] + digit + text[place + 1 :]


DIGITS = ("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


# --- The book and its exceptions --------------------------------------------------------------


def page_name(path: Path, root: Path = ROOT) -> str:
    """The path by which the book knows a page: relative to its root where that is possible."""
    path = path.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def read_evidence(paths: list[Path]) -> Evidence:
    """What the notebooks in `paths` show, together."""
    shown: list[Shown] = []
    labels: frozenset[str] = frozenset()
    for path in paths:
        notebook = read_notebook(path)
        shown += notebook_evidence(notebook, page_name(path))
        labels |= notebook_labels(notebook)
    return Evidence(shown, labels)


def page_passages(path: Path, evidence: Evidence) -> list[Passage]:
    """What a reader of a Markdown page of the book sees."""
    return text_passages(path.read_text(encoding="utf-8"), page_name(path), evidence.labels)


def check_notebook(path: Path) -> list[Objection]:
    """The objections to one notebook, which must show all its numbers itself."""
    passages = notebook_passages(read_notebook(path), page_name(path))
    return objections(passages, read_evidence([path]))


def check_page(path: Path, evidence: Evidence) -> list[Objection]:
    """The objections to one Markdown page; `evidence` is what the book's notebooks show."""
    return objections(page_passages(path, evidence), evidence)


def read_exceptions(path: Path = EXCEPTIONS) -> list[dict]:
    """The entries of the list of excepted numbers: page, number, context and reason."""
    return tomllib.loads(path.read_text(encoding="utf-8")).get("number", [])


def is_excepted(found: Objection, exception: dict) -> bool:
    """Whether `exception` speaks of this number at this place."""
    statement = found.statement
    start, end = statement.span
    context = r"\s+".join(map(re.escape, exception["context"].split()))
    return (
        exception["page"] == statement.passage.page
        and exception["number"] == statement.number.literal
        and any(
            match.start() <= start and end <= match.end()
            for match in re.finditer(context, statement.passage.source)
        )
    )


def without_exceptions(
    found: list[Objection], exceptions: list[dict]
) -> tuple[list[Objection], list[dict]]:
    """The objections that no exception covers, and the exceptions that cover nothing."""
    open_ones = [o for o in found if not any(is_excepted(o, e) for e in exceptions)]
    unused = [e for e in exceptions if not any(is_excepted(o, e) for o in found)]
    return open_ones, unused


def main(arguments: list[str] | None = None) -> int:
    """List the objections to each file; exit 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    files = parser.parse_args(arguments).files or [*book_notebooks(), *book_pages()]
    evidence = read_evidence(book_notebooks())
    found = []
    for path in files:
        is_notebook = path.suffix == ".ipynb"
        found += check_notebook(path) if is_notebook else check_page(path, evidence)
    open_ones, _ = without_exceptions(found, read_exceptions())
    for one in open_ones:
        print(one)
    return int(bool(open_ones))


if __name__ == "__main__":
    sys.exit(main())
