"""What holds for every explorer: its bytes, its page without scripts, keys, themes and widths."""

import os
import re
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from explorer_checks import (
    DARK,
    LARGE,
    LIGHT,
    ROOT,
    axe_findings,
    keys_let_through,
    misfits,
    unseen_focus,
    visible_controls,
)

from lib import explorers

EXPLORERS = [getattr(explorers, name) for name in explorers.__all__]
every_explorer = pytest.mark.parametrize("explorer", EXPLORERS)


def control_states(root):
    """The numbers an explorer shows and the values of its controls, as one text."""
    return root.evaluate("""root => {
      const all = selector => [...root.querySelectorAll(selector)];
      const texts = all("[data-show], output, .explorer-status").map(e => e.textContent);
      return [...texts, ...all("input, select").map(e => e.value)].join("|");
    }""")


def test_same_parameters_give_the_same_bytes_in_every_process():
    code = (
        "from lib import explorers; "
        "print(ascii([getattr(explorers, name)()._repr_html_() for name in explorers.__all__]))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_explorers_need_nothing_but_numpy():
    code = (
        "import sys; from lib import explorers; "
        "[getattr(explorers, name)()._repr_html_() for name in explorers.__all__]; "
        "print(*{'torch', 'scipy', 'matplotlib', 'IPython', 'ml_dtypes'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


@every_explorer
def test_output_holds_no_id_no_running_script_and_nothing_from_elsewhere(explorer):
    html = explorer()._repr_html_()
    soup = BeautifulSoup(html, "html.parser")
    assert soup.find_all(id=True) == []
    assert soup.select("[data-running]") == []
    assert not re.search(r"https?:|//[a-z]|@import|url\(", html)
    assert not re.search(r"\$[a-z_]", html)  # no gap of a template is left


@every_explorer
def test_every_kind_has_a_style_of_its_own(explorer):
    """A style sheet that spoke of all explorers would change those on the same page."""
    other = [cls for cls in EXPLORERS if cls is not explorer]
    assert explorer.kind not in {cls.kind for cls in other}
    assert not set(explorer.styles) & {name for cls in other for name in cls.styles}


@every_explorer
def test_without_scripts_the_status_stands_and_the_controls_are_gone(explorer_page, explorer):
    page = explorer_page(explorer()._repr_html_(), javascript=False)
    assert page.get_by_text("The sliders need JavaScript.").is_visible()
    assert page.locator(".explorer-status").text_content() == explorer().status()
    assert page.locator("[data-show]").first.is_visible()
    assert visible_controls(page) == 0


@every_explorer
def test_scripts_start_from_what_python_wrote(explorer_page, explorer):
    page = explorer_page(explorer()._repr_html_())
    root = page.locator(".explorer")
    written = control_states(root)
    root.locator("input").first.dispatch_event("input")  # draws all anew in the same state
    page.wait_for_timeout(600)
    assert control_states(root) == written


@every_explorer
@pytest.mark.parametrize("style", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing(explorer_page, explorer, style, width):
    page = explorer_page(explorer()._repr_html_(), style=style, width=width)
    page.locator("input").first.press("End")
    assert axe_findings(page) == []


@every_explorer
@pytest.mark.parametrize("width", [304, 390, 640, 1280])
@pytest.mark.parametrize("key", ["Home", "End"])
def test_all_fits_phone_desk_and_finger(explorer_page, explorer, width, key):
    """304 px less the margins of a bare page are what the site leaves of 320."""
    page = explorer_page(explorer()._repr_html_(), style=LARGE, width=width)
    for slider in page.locator("input").all():
        slider.press(key)
        assert misfits(page) == []


@every_explorer
@pytest.mark.parametrize("width", [304, 1280])
def test_others_on_the_page_do_not_change_its_looks(explorer_page, explorer, width):
    """Each brings the shared style sheet along; the last one must not undo an explorer's own."""
    html = explorer()._repr_html_()
    alone = explorer_page(html, width=width)
    others = [cls()._repr_html_() for cls in EXPLORERS if cls is not explorer]
    among = explorer_page(*others, html, *others, width=width)
    measure = """root => [...root.querySelectorAll("*")].map(e => {
      const { width, height } = e.getBoundingClientRect();
      return [Math.round(width), Math.round(height), getComputedStyle(e).color];
    })"""
    ours = alone.locator(".explorer").evaluate(measure)
    assert among.locator(".explorer").nth(len(others)).evaluate(measure) == ours


@every_explorer
def test_every_control_shows_focus_and_has_a_name(explorer_page, explorer):
    page = explorer_page(explorer()._repr_html_())
    assert unseen_focus(page) == []
    names = page.evaluate("""[...document.querySelectorAll("input, select")].map(
      control => control.closest("label").textContent.trim())""")
    assert all(names)


@every_explorer
def test_keys_stay_with_the_explorer(explorer_page, explorer):
    page = explorer_page(explorer()._repr_html_())
    page.locator("input").first.press("Home")  # room for the keys to work
    before = control_states(page.locator(".explorer"))
    assert keys_let_through(page) == 0
    assert control_states(page.locator(".explorer")) != before


@every_explorer
def test_reset_brings_back_the_first_state(explorer_page, explorer):
    page = explorer_page(explorer()._repr_html_())
    root = page.locator(".explorer")
    first = control_states(root)
    for choice in root.locator("select").all():
        choice.select_option(index=choice.locator("option").count() - 1)
    for slider in root.locator("input").all():
        slider.press("End")
    for button in root.locator("button").all():
        button.press("Enter")
    root.get_by_role("button", name="Reset").press("Enter")
    page.wait_for_timeout(600)
    assert control_states(root) == first


def test_explorers_on_one_page_are_independent(explorer_page):
    page = explorer_page(*(cls()._repr_html_() for cls in [*EXPLORERS, *EXPLORERS]))
    roots = page.locator(".explorer").all()
    before = [control_states(root) for root in roots]
    for i in range(len(EXPLORERS)):
        roots[i].locator("input").first.press("Home")
        roots[i].locator("input").first.press("PageUp")
    page.wait_for_timeout(600)
    after = [control_states(root) for root in roots]
    assert [old != new for old, new in zip(before, after, strict=True)] == (
        [True] * len(EXPLORERS) + [False] * len(EXPLORERS)
    )


@every_explorer
def test_motion_is_only_for_those_who_do_not_mind(explorer_page, explorer):
    page = explorer_page(explorer()._repr_html_())
    moving = """[...document.querySelectorAll(".explorer *")].filter(
      e => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"""
    assert page.evaluate(moving) > 0
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == 0
