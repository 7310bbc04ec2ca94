"""The table of printed numbers: complete on its page, and right after every choice of rows."""

import re
from collections import Counter

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from lib.published import SOURCES
from lib.published_numbers import PUBLISHED_NUMBERS, VERDICTS, recompute, value_in_words, verdict
from lib.published_table import PublishedTable, counts, summary
from tools.notebooks import ROOT, read_notebook
from tools.stated_numbers import visible_text

PAGE = ROOT / "appendix" / "published_numbers.ipynb"
BY_ROW = {number.row: number for number in PUBLISHED_NUMBERS}

LIGHT = "color-scheme: light; background: #fff; color: #222832"
DARK = "color-scheme: dark; background: #14181e; color: #ced6dd"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


# ---- Python: what is said of a number ------------------------------------------------------------


def test_counts_are_those_of_the_verdicts():
    assert list(counts()) == list(VERDICTS)
    assert sum(counts().values()) == len(PUBLISHED_NUMBERS) == 140
    assert counts(PUBLISHED_NUMBERS[51:63]) == {
        word: 12 * (word == "not reproducible") for word in VERDICTS
    }


def test_the_summary_names_every_verdict_with_its_count():
    stated = re.findall(r"\d+", summary())
    assert stated == ["140", *(str(n) for n in counts().values())]
    assert summary(PUBLISHED_NUMBERS[:1]) == "Of 1 numbers, 1 are confirmed."


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (1, "1.194046768"),
        (3, "1, 0"),
        (4, "1.000000000"),
        (14, "score 1.453 ± 0.010; log p -1.194; p 0.3030; gradient -0.6970"),
        (18, "0"),
        (23, "uint8, int64"),
        (24, ""),
        (32, "23.12238976, 62.85317192, 14.02443832"),
        (34, "0.4643687841"),
        (36, "-inf"),
        (40, "1.00000"),
        (48, "1.00000"),
        (49, "1.00000"),
        (51, "< 1e-6"),
        (111, "-0.001321271553"),
        (134, "6, 2"),
    ],
)
def test_a_value_in_words(row, words):
    assert value_in_words(BY_ROW[row]) == words


def test_a_difference_that_is_too_large_is_not_hidden():
    assert BY_ROW[51].show(3e-4) == "0.0003"


def test_every_float_has_ten_digits_unless_a_row_says_otherwise():
    for number in PUBLISHED_NUMBERS:
        value = recompute(number)
        if number.show is None and isinstance(value, float) and value not in (0, -float("inf")):
            digits = re.sub(r"^-?0*\.?0*|\.", "", value_in_words(number))
            assert len(digits) == 10, number.row


# ---- The page: no number is missing --------------------------------------------------------------


def table_faults(html):
    """What the table in an HTML output lacks, or has wrong, row by row."""
    rows = BeautifulSoup(html, "html.parser").select("tr[data-verdict]")
    faults = []
    if [row.td.text for row in rows] != [str(n) for n in range(1, 141)]:
        faults.append("the rows are not 1 to 140")
    found = Counter(row["data-source"] for row in rows)
    for name, source in SOURCES.items():
        if found[name] != source.numbers:
            faults.append(f"{found[name]} rows of {source.numbers} of {source.title}")
    for row in rows:
        faults += row_faults(row)
    return faults


def row_faults(row):
    """What a row says otherwise than `lib`."""
    position, what, printed, value, word = row("td")
    number = BY_ROW.get(int(position.text))
    if number is None:
        return [f"row {position.text}: unknown"]
    found = verdict(number)
    now = (value_in_words(number) or "nothing to compute").replace("-", "−")
    if found.word in ("last digit moved", "true of rounded inputs"):
        now += f"rounded: {found.recomputed}".replace("-", "−")
    expected = {
        "printed": (printed.text, number.printed),
        "value": (value.text, now),
        "verdict": (word.text, found.word),
        "verdict to filter by": (row["data-verdict"], found.word),
        "source": (row["data-source"], number.source),
        "what": (what.text, (number.what + number.note).replace("`", "")),
    }
    return [f"row {number.row}: {k}: {a!r}" for k, (a, b) in expected.items() if a != b]


def stored_table():
    """The HTML of the table as the page stores it."""
    cells = read_notebook(PAGE).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    (html,) = [o.data["text/html"] for o in outputs if "text/html" in o.get("data", {})]
    return html


def test_no_number_is_missing_from_the_page():
    assert table_faults(stored_table()) == []


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("<td>34</td>", "<td>33</td>", "the rows are not 1 to 140"),
        ("0.4643687841", "0.4643687842", "row 34: value: '0.4643687842rounded: 0.464'"),
        ('printed">0.462', 'printed">0.463', "row 34: printed: '0.463'"),
        ("rounded: 0.464", "rounded: 0.465", "row 34: value: '0.4643687841rounded: 0.465'"),
        ("<td>true of rounded inputs</td>", "<td>wrong</td>", "row 34: verdict: 'wrong'"),
        ('source="002" data-verdict="true', 'source="001" data-verdict="true', None),
    ],
)
def test_a_fault_of_the_page_is_seen(right, wrong, fault):
    html = PublishedTable()._repr_html_()
    assert right in html
    faults = table_faults(html.replace(right, wrong, 1))
    assert fault in faults if fault else len(faults) == 3


@pytest.mark.parametrize("row", [1, 71, 140])
def test_a_row_left_out_is_seen(row):
    html = PublishedTable([n for n in PUBLISHED_NUMBERS if n.row != row])._repr_html_()
    assert "the rows are not 1 to 140" in table_faults(html)
    assert len(table_faults(html)) == 2


def test_groups_name_their_source_and_example():
    soup = BeautifulSoup(stored_table(), "html.parser")
    for group in soup.select("tbody"):
        heading = group.select_one("th[scope=rowgroup]").text
        for row in group.select("tr[data-verdict]"):
            number = BY_ROW[int(row.td.text)]
            assert heading == (f"{SOURCES[number.source].title} {number.example}: {number.place}")


@pytest.mark.parametrize("page", ["appendix/published_numbers.ipynb", "intro.md"])
def test_the_summary_is_quoted(page):
    path = ROOT / page
    if path.suffix == ".md":
        text = path.read_text("utf-8")
    else:
        text = "\n".join(c.source for c in read_notebook(path).cells if c.cell_type == "markdown")
    assert summary().removesuffix(".") in text


def test_the_numbers_of_the_table_count_as_shown():
    """A page of the book that states one of them finds it in the table, a reader's view of it."""
    cells = read_notebook(PAGE).cells
    shown = "".join(visible_text(output) for cell in cells for output in cell.get("outputs", []))
    assert "0.4643687841" in shown
    assert "startExplorers" not in shown


# ---- Python: the HTML ----------------------------------------------------------------------------


def test_html_is_the_same_each_time_without_ids_and_names_nothing_elsewhere():
    html = PublishedTable()._repr_html_()
    assert html == PublishedTable()._repr_html_()
    assert not BeautifulSoup(html, "html.parser").find_all(id=True)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", html)


def test_what_is_printed_is_text():
    assert "0 &lt;= q_i &lt;= 1" in PublishedTable()._repr_html_()


# ---- The browser ---------------------------------------------------------------------------------

ROWS = """
root => [...root.querySelectorAll("tr[data-verdict]")]
  .filter(row => row.checkVisibility())
  .map(row => Number(row.cells[0].textContent))
"""


@pytest.fixture
def table_page(browser):
    """A function that puts HTML on a bare page and returns the page; at the end, it was silent."""
    contexts, noise = [], []

    def open_page(*fragments, style=LIGHT, width=1280, javascript=True):
        theme = "dark" if style == DARK else "light"
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=javascript
        )
        contexts.append(context)
        page = context.new_page()
        for event in ("request", "console", "pageerror"):
            page.on(event, lambda happened: noise.append(str(happened)))
        page.set_content(
            f'<!doctype html><html lang="en" data-theme="{theme}" style="{style}">'
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            "<title>Table</title></head>"
            f"<body><main><h1>Table</h1>{''.join(fragments)}</main></body></html>"
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert noise == []


def choose(root, source="", word=""):
    """Choose a source and a verdict."""
    root.locator("select[name=source]").select_option(source)
    root.locator("select[name=verdict]").select_option(word)


def chosen_rows(source="", word=""):
    """The rows that must be shown then."""
    return [
        number
        for number in PUBLISHED_NUMBERS
        if source in ("", number.source) and word in ("", verdict(number).word)
    ]


def sentence(numbers):
    """What must be said of them."""
    found = ", ".join(f"{n} {word}" for word, n in counts(numbers).items() if n)
    return f"{len(numbers)} of 140 numbers shown{': ' if found else ''}{found}."


def selection_faults(root, source="", word=""):
    """Where the rows shown, their groups or the sentence are not what was chosen."""
    choose(root, source, word)
    expected = chosen_rows(source, word)
    faults = []
    if root.evaluate(ROWS) != [number.row for number in expected]:
        faults.append("other rows")
    groups = root.locator(".published-group").all()
    if sum(group.is_visible() for group in groups) != len(
        {(n.source, n.example, n.place) for n in expected}
    ):
        faults.append("other groups")
    root.page.wait_for_timeout(500)  # the sentence waits until the reader rests
    if root.locator(".explorer-status").text_content() != sentence(expected):
        faults.append("another sentence")
    return faults


def axe_findings(page):
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    return [
        (v["id"], v["nodes"][0]["html"])
        for v in Axe().run(page, options=options).response["violations"]
    ]


def test_without_scripts_every_row_is_shown_and_no_control(table_page):
    page = table_page(PublishedTable()._repr_html_(), javascript=False)
    assert page.get_by_text("Choosing rows needs JavaScript.").is_visible()
    assert not any(control.is_visible() for control in page.locator("select, button").all())
    assert all(row.is_visible() for row in page.locator("tr[data-verdict]").all())
    assert page.locator(".explorer-status").text_content() == sentence(PUBLISHED_NUMBERS)


@pytest.mark.parametrize("source", ["", *SOURCES])
def test_rows_of_a_source(table_page, source):
    root = table_page(PublishedTable()._repr_html_()).locator(".published")
    assert not root.locator(".explorer-still").is_visible()
    assert selection_faults(root, source) == []


@pytest.mark.parametrize("word", VERDICTS)
def test_rows_of_a_verdict_and_back(table_page, word):
    root = table_page(PublishedTable()._repr_html_()).locator(".published")
    assert selection_faults(root, "", word) == []
    assert selection_faults(root, "003", word) == []
    root.get_by_role("button", name="Show all").press("Enter")
    assert root.evaluate(ROWS) == list(range(1, 141))


def test_the_choice_is_made_by_keyboard_and_announced(table_page):
    page = table_page(PublishedTable()._repr_html_())
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.wait_for_function(
        "text => document.querySelector('[role=status]').textContent === text",
        arg=sentence(chosen_rows(word="wrong")),
    )
    for _ in range(2):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
    assert page.evaluate("document.activeElement.className") == "published-rows"


def test_two_tables_are_independent(table_page):
    html = PublishedTable()._repr_html_()
    page = table_page(html, html)
    first, second = page.locator(".published").all()
    choose(first, "002")
    assert len(second.evaluate(ROWS)) == 140


@pytest.mark.parametrize("style", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(table_page, style, width):
    some = PublishedTable(PUBLISHED_NUMBERS[18:54])  # every verdict but one
    page = table_page(some._repr_html_(), style=style, width=width)
    assert axe_findings(page) == []
    choose(page.locator(".published"), "002")
    assert axe_findings(page) == []


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_all_fits(table_page, width):
    page = table_page(PublishedTable()._repr_html_(), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    inner = "e => e.scrollWidth - e.clientWidth"
    assert page.locator(".published-rows").evaluate(inner) <= 0
    boxes = [control.bounding_box() for control in page.locator("select, button").all()]
    assert all(min(box["width"], box["height"]) >= 24 for box in boxes)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("row.dataset.source !== source", "row.dataset.source === source"),
        ("row.dataset.verdict !== verdict", "row.dataset.verdict === verdict"),
        ("row.hidden = other ||", "row.hidden = "),
        ("counts[row.dataset.verdict] += 1", "counts[row.dataset.verdict] += 2"),
        ("group.hidden = !", "group.hidden = null && !"),
        ("if (!row.hidden) ", ""),
    ],
)
def test_a_wrong_script_is_seen(table_page, right, wrong):
    html = PublishedTable()._repr_html_()
    assert right in html
    root = table_page(html.replace(right, wrong)).locator(".published")
    assert selection_faults(root, "002", "wrong") != []


def test_a_control_without_a_name_is_seen(table_page):
    html = PublishedTable()._repr_html_().replace("<span>source</span>", "")
    assert [found for found, _ in axe_findings(table_page(html))] == ["select-name"]
