"""The glossary: each term once, in order, in one or two sentences, with the place that has more."""

import re

import pytest

from tools.notebooks import ROOT, read_notebook

PAGE = ROOT / "appendix" / "glossary.md"
ENTRY = re.compile(
    r"(?P<text>.+?) \*Chapter (?P<number>\d+),\* \[(?P<title>[^\]]+)\]\((?P<link>[^)]+)\)"
)


def entries(source):
    """Term and definition of every entry of the glossary in a Markdown text."""
    (block,) = re.findall(r"^````\{glossary\}\n(.*?)^````$", source, re.MULTILINE | re.DOTALL)
    return [tuple(entry.split("\n  ")) for entry in block.strip().split("\n\n")]


def faults(source):
    """What is wrong with the glossary in a Markdown text."""
    terms = [entry[0] for entry in entries(source)]
    found = []
    if terms != sorted(set(terms), key=lambda term: (not term[0].isdigit(), term.lower())):
        found.append("terms out of order, or twice")
    for term, *lines in entries(source):
        match = ENTRY.fullmatch(lines[0]) if len(lines) == 1 else None
        if match is None:
            found.append(f"{term}: not a definition with its chapter")
            continue
        sentences = len(re.findall(r"[.:][”\"]?(?:\s|$)", match["text"])) - match["text"].count(
            ": "
        )
        if not match["text"].endswith(".") or not 1 <= sentences <= 2:
            found.append(f"{term}: {sentences} sentences")
        found += [f"{term}: {fault}" for fault in link_faults(match)]
    return found


def link_faults(entry):
    """What is wrong with the chapter that an entry names: its number, its title, its section."""
    link, _, anchor = entry["link"].partition("#")
    if not re.fullmatch(rf"\.\./chapters/0?{entry['number']}_\w+\.ipynb", link):
        yield f"{link} is not chapter {entry['number']}"
    path = (PAGE.parent / link).resolve()
    if not path.exists():
        yield f"{link} is not there"
        return
    cells = [cell.source for cell in read_notebook(path).cells if cell.cell_type == "markdown"]
    headings = re.findall(r"^#{1,2} (.*)$", "\n".join(cells), re.MULTILINE)
    if headings[0] != f"{entry['number']} {entry['title']}":
        yield f"the chapter is called {headings[0]}"
    if anchor and anchor not in map(slug, headings):
        yield f"no section {anchor}"


def slug(heading):
    """The anchor of a heading.

    >>> slug("Scale matters: the temperature")
    'scale-matters-the-temperature'
    """
    return re.sub(r"[^\w\s-]", "", heading.lower()).replace(" ", "-")


def test_the_glossary():
    source = PAGE.read_text("utf-8")
    assert faults(source) == []
    assert len(entries(source)) >= 60


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("\nbatch\n", "\nzebra\n"),
        ("\nbatch\n", "\narg max\n"),
        ("Several examples that", "Several. Three. Examples that"),
        ("one row of scores for each.", "one row of scores for each"),
        ("*Chapter 5,* [Softmax cross-entropy]", "*Chapter 3,* [Softmax cross-entropy]"),
        ("[Softmax cross-entropy]", "[Softmax crossentropy]"),
        ("05_softmax_cross_entropy.ipynb#", "05_softmax.ipynb#"),
        ("#a-batch-six-examples-one-number", "#a-batch"),
        (" *Chapter 5,* [Softmax", " [Softmax"),
    ],
)
def test_a_fault_is_seen(right, wrong):
    source = PAGE.read_text("utf-8")
    assert right in source
    assert len(faults(source.replace(right, wrong, 1))) > len(faults(source))
