"""What an explorer in a page must satisfy, whatever it shows. tests/test_*explorer*.py apply it."""

from pathlib import Path

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[1]

LIGHT = "color-scheme: light; background: #fff; color: #222832"
DARK = "color-scheme: dark; background: #14181e; color: #ced6dd"
LARGE = LIGHT + "; font: 17px DejaVu Sans, Verdana, sans-serif"  # as wide as text gets
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def as_shown(numbers, form=".4f"):
    """The numbers in *form*, with a true minus sign."""
    return [f"{number:{form}}".replace("-", "−") for number in numbers]


def values_written(explorer, names):
    """What Python wrote into an explorer: for each name, the texts that show it."""
    soup = BeautifulSoup(explorer._repr_html_(), "html.parser")
    return {name: [part.text for part in soup.select(f"[data-show={name}]")] for name in names}


def axe_findings(page):
    """Findings of axe-core against WCAG 2.2 AA and its own best practice."""
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    violations = Axe().run(page, options=options).response["violations"]
    return [(found["id"], found["nodes"][0]["html"]) for found in violations]


def misfits(page):
    """A page wider than its window, and controls too small for a finger (24 px)."""
    width = page.viewport_size["width"]
    wide = page.evaluate("document.documentElement.scrollWidth") - width
    boxes = page.locator("input, select, button").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().toJSON())"
    )
    small = [box for box in boxes if min(box["width"], box["height"]) < 24]
    return [f"{wide} px too wide"] * (wide > 0) + [f"too small: {box}" for box in small]


def unseen_focus(page):
    """Controls that do not show that they have the focus, in the order of the Tab key."""
    faults = []
    for _ in page.locator("input, select, button").all():
        page.keyboard.press("Tab")
        if page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "solid":
            faults.append(page.evaluate("document.activeElement.outerHTML"))
    return faults


def keys_let_through(page):
    """Number of arrow keys on a slider that the rest of the page hears, as a notebook would."""
    page.evaluate("heard = 0; document.addEventListener('keydown', () => heard++)")
    for _ in range(3):
        page.locator("input").first.press("ArrowRight")
    return page.evaluate("heard")


def visible_controls(page):
    """Number of controls that a reader can see."""
    return sum(control.is_visible() for control in page.locator("input, select, button").all())


def renewals_in_a_drag(page, root, sentence):
    """How often the status is renewed when the first slider takes 50 steps without a rest.

    *sentence* is a function of the explorer: what the status must say at the end.
    """
    root.evaluate("""root => {
      root.renewals = 0;
      const status = root.querySelector(".explorer-status");
      new MutationObserver(() => root.renewals++).observe(status, { childList: true });
      const slider = root.querySelector("input");
      for (let step = 0; step < 50; step++) {
        slider.stepUp();
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }""")
    wait_for_status(page, root, sentence(root))
    return root.evaluate("root => root.renewals")


def wait_for_status(page, root, text):
    """Wait until the status of an explorer reads *text*: it is renewed when the reader rests."""
    page.wait_for_function(
        "([root, text]) => root.querySelector('.explorer-status').textContent === text",
        arg=[root.element_handle(), text],
        timeout=5000,
    )


def type_value(slider, value):
    """Give a slider the value that lies nearest to *value* on it, as a drag would."""
    slider.evaluate(
        """(slider, value) => {
          slider.value = value;
          slider.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        str(value),
    )


def disagreements(shown, expected, bars=None):
    """Where what is shown differs from what is expected; bars may be off by a hair."""
    wrong = {name: (shown[name], right) for name, right in expected.items() if shown[name] != right}
    for name, right in (bars or {}).items():
        if not np.allclose(shown[name], right, rtol=0, atol=0.02):
            wrong[name] = (shown[name], right)
    return wrong
