"""The explorers: Python's first state, and what the page shows after the reader has moved it.

Every number in the page is compared with `lib`, formatted the same way, after moves by keyboard.
At the end, the comparison is shown scripts broken on purpose and must see each.
"""

import random
import sys
from pathlib import Path

import numpy as np
import pytest
import test_binary_explorer
import test_gradient_explorer
import test_kl_explorer
import test_log_sum_exp_explorer
from bs4 import BeautifulSoup
from explorer_checks import (
    DARK,
    LIGHT,
    as_shown,
    axe_findings,
    keys_let_through,
    misfits,
    renewals_in_a_drag,
    unseen_focus,
    values_written,
    visible_controls,
    wait_for_status,
)

from lib import explorers, softmax, softmax_cross_entropy, softmax_cross_entropy_grad
from lib.explorers import SoftmaxExplorer
from lib.explorers.softmax import TEMPERATURES

ROOT = Path(__file__).resolve().parents[1]
TEN = tuple(f"class {i}" for i in range(10))
WIDE = SoftmaxExplorer((2.1, -1.3, 0.4, 3.25, 1.25, -0.6, 0.0, 4.4, -2.2, 0.9), TEN, 7)
SAMPLES = [
    SoftmaxExplorer(),
    SoftmaxExplorer(target=1),
    SoftmaxExplorer((5.0, -5.0, 0.0), target=1, temperature=0.05),
    SoftmaxExplorer((-5.0, 5.0), ("no", "yes"), temperature=100),
    SoftmaxExplorer((1.0, 1.0, 1.0, 1.0), ("a", "b", "c", "d"), temperature=8),
    WIDE,
]

# What one explorer shows and how its controls stand.
STATE = """
root => {
  const texts = selector => [...root.querySelectorAll(selector)].map(e => e.textContent);
  const spans = selector => [...root.querySelectorAll(selector)].map(bar => {
    const { left, width } = bar.style;
    return [parseFloat(left), parseFloat(left) + parseFloat(width)];
  });
  const sliders = [...root.querySelectorAll("input[type=range]")];
  const temperature = root.querySelector("input[name=temperature]");
  return {
    scores: sliders.filter(e => e.name === "score").map(e => Number(e.value)),
    step: sliders[0].step,
    temperature: Number(temperature.dataset.stops.split(" ")[temperature.value]),
    target: root.querySelector("select").selectedIndex,
    names: [...root.querySelectorAll("option")].map(e => e.text),
    outputs: texts("output"),
    spoken: sliders.map(e => e.getAttribute("aria-valuetext")),
    probabilities: texts("[data-show=probability]"),
    gradients: texts("[data-show=gradient]"),
    labels: texts("[data-show=label]"),
    loss: texts("[data-show=loss]"),
    trueClass: texts("[data-show=true-class]"),
    marked: [...root.querySelectorAll(".explorer-row")].map(e => e.hasAttribute("data-true")),
    probabilityBars: spans(".explorer-bar:not(.explorer-signed *)"),
    gradientBars: spans(".explorer-signed .explorer-bar"),
  };
}
"""


def differences(root):
    """Where an explorer in the page shows something else than `lib` computes from its controls."""
    state = root.evaluate(STATE)
    scores, temperature, target = state["scores"], state["temperature"], state["target"]
    z = [score / temperature for score in scores]
    probabilities = softmax(z)
    gradient = softmax_cross_entropy_grad(z, target) / temperature
    digits = len(state["step"].split(".")[1])
    values = [*as_shown(scores, f".{digits}f"), f"{temperature:g}"]
    expected = {
        "probabilities": as_shown(probabilities),
        "gradients": as_shown(gradient, "+.4f"),
        "labels": [str(int(i == target)) for i in range(len(z))],
        "marked": [i == target for i in range(len(z))],
        "loss": as_shown([softmax_cross_entropy(z, target)]),
        "trueClass": [state["names"][target]],
        "outputs": values,
        "spoken": values,
    }
    ends = {
        "probabilityBars": [(0, 100 * p) for p in probabilities],
        "gradientBars": [sorted((50, 50 + 50 * g * temperature)) for g in gradient],
    }
    wrong = {name: (state[name], right) for name, right in expected.items() if state[name] != right}
    for name, right in ends.items():
        if not np.allclose(state[name], right, rtol=0, atol=0.02):
            wrong[name] = (state[name], right)
    return wrong


def sentence(state, spoken):
    """The status sentence that belongs to a state, about the class at position *spoken*."""
    z = [score / state["temperature"] for score in state["scores"]]
    name, true = state["names"][spoken], state["names"][state["target"]]
    loss = softmax_cross_entropy(z, state["target"])
    return (
        f"{name} has probability {softmax(z)[spoken]:.4f}; true class {true} costs {loss:.4f} nats."
    )


def first_sentence(root):
    """The status sentence about the first class, as the explorer stands."""
    return sentence(root.evaluate(STATE), 0)


def move(root, choice):
    """Move one control by keyboard, *choice* being a source of random numbers."""
    sliders = root.locator("input[type=range]")
    slider = sliders.nth(choice.randrange(sliders.count()))
    start = choice.choice((["Home"], ["End"], [], []))
    steps = choice.choices(("PageUp", "PageDown", "ArrowRight", "ArrowLeft"), k=choice.randrange(6))
    for key in (*start, *steps):
        slider.press(key)
    if choice.random() < 0.3:
        options = root.locator("option").count()
        root.locator("select").select_option(index=choice.randrange(options))


# ---- Python: the first state --------------------------------------------------------------------


@pytest.mark.parametrize("explorer", SAMPLES, ids=repr)
def test_first_state_is_that_of_lib(explorer):
    z = [score / explorer.temperature for score in explorer.logits]
    gradient = softmax_cross_entropy_grad(z, explorer.target) / explorer.temperature
    loss = f"{softmax_cross_entropy(z, explorer.target):.4f}"
    expected = {
        "probability": as_shown(softmax(z)),
        "gradient": as_shown(gradient, "+.4f"),
        "label": [str(int(i == explorer.target)) for i in range(len(z))],
        "loss": [loss],
    }
    assert values_written(explorer, expected) == expected
    soup = BeautifulSoup(explorer._repr_html_(), "html.parser")
    assert loss in soup.select_one(".explorer-status").text


def test_worked_example():
    html = SoftmaxExplorer(logits=(1.0, 2.0, 0.5), target=1)._repr_html_()
    assert "dog has probability 0.6285; true class dog costs 0.4644 nats." in html
    assert "−0.3715" in html


def test_names_are_text():
    html = SoftmaxExplorer((0.0, 1.0), ("<b>", '"&'))._repr_html_()
    assert "<b>cat" not in html
    assert "&lt;b&gt;" in html
    assert "&quot;&amp;" in html


def test_colours_are_those_of_the_figures():
    from lib import figures

    css = (ROOT / "lib/explorer_assets/explorer.css").read_text("utf-8")
    rules = css[: css.index("}")]
    for name, colour in {
        "true": figures.TRUE_CLASS,
        "other": figures.OTHER_CLASS,
        "accent": figures.PUSHED_UP,
        "down": figures.PUSHED_DOWN,
    }.items():
        assert f"--explorer-{name}: {colour};" in rules


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"logits": (1.0,), "names": ("cat",)}, ValueError, "logits: expected at least two"),
        ({"logits": (1.0, 2.0)}, ValueError, "names: expected 2 different names"),
        ({"names": ("cat", "cat", "dog")}, ValueError, "names: expected 3 different names"),
        ({"logits": (1.0, 2.0, 0.123)}, ValueError, "at most two decimals, got 0.123"),
        ({"logits": (1.0, 2.0, float("nan"))}, ValueError, "at most two decimals, got nan"),
        ({"logits": (1.0, 2.0, 6.0)}, ValueError, "do not lie within the limits"),
        ({"limits": (5.0, -5.0)}, ValueError, "limits: expected"),
        ({"limits": (float("-inf"), 5.0)}, ValueError, "at most two decimals, got -inf"),
        ({"target": 3}, IndexError, r"target: class 3 is outside 0\.\.2"),
        ({"target": -1}, IndexError, "target: class -1"),
        ({"target": 1.0}, TypeError, "integer"),
        ({"temperature": 0.0}, ValueError, "temperature: expected a positive number"),
        ({"temperature": float("inf")}, ValueError, "temperature: expected a positive number"),
        ({"temperature": 1 / 3}, ValueError, "temperature: expected a positive number"),
    ],
)
def test_bad_arguments(arguments, error, words):
    with pytest.raises(error, match=words):
        SoftmaxExplorer(**arguments)


# ---- The page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("explorer", SAMPLES, ids=repr)
def test_scripts_start_from_the_numbers_that_python_wrote(explorer_page, explorer):
    page = explorer_page(explorer._repr_html_())
    root = page.locator(".explorer")
    assert differences(root) == {}
    assert not root.locator(".explorer-still").is_visible()
    root.locator("input").first.dispatch_event("input")  # draws all anew in the same state
    assert differences(root) == {}


@pytest.mark.parametrize("seed", range(4))
def test_moves_by_keyboard(explorer_page, seed):
    choice = random.Random(seed)
    page = explorer_page(SAMPLES[seed]._repr_html_())
    root = page.locator(".explorer")
    for _ in range(15):
        move(root, choice)
        assert differences(root) == {}


def test_every_temperature_at_both_ends_of_the_scores(explorer_page):
    page = explorer_page(SoftmaxExplorer()._repr_html_())
    root = page.locator(".explorer")
    sliders = root.locator("input[type=range]")
    for keys in (("End", "Home", "Home"), ("Home", "End", "ArrowRight"), ("End", "End", "End")):
        for i, key in enumerate(keys):
            sliders.nth(i).press(key)
        sliders.last.press("Home")
        for _ in TEMPERATURES:
            assert differences(root) == {}
            sliders.last.press("ArrowRight")


def test_status_speaks_of_the_class_that_moved(explorer_page):
    page = explorer_page(SoftmaxExplorer(target=1)._repr_html_())
    root = page.locator(".explorer")
    sliders = root.locator("input[type=range]")
    sliders.nth(2).press("PageUp")
    wait_for_status(page, root, sentence(root.evaluate(STATE), 2))
    sliders.last.press("End")
    wait_for_status(page, root, sentence(root.evaluate(STATE), 1))
    root.locator("select").select_option("cat")
    wait_for_status(page, root, sentence(root.evaluate(STATE), 0))


def test_a_drag_is_announced_once(explorer_page):
    page = explorer_page(SoftmaxExplorer()._repr_html_())
    root = page.locator(".explorer")
    assert renewals_in_a_drag(page, root, first_sentence) == 1
    for output in root.locator("output").all():  # a live region, unless told otherwise
        assert output.get_attribute("aria-live") == "off"


def test_adding_to_every_score_moves_no_probability(explorer_page):
    page = explorer_page(SoftmaxExplorer(target=1)._repr_html_())
    root = page.locator(".explorer")
    before = root.evaluate(STATE)
    root.get_by_role("button", name="Add 2 to every score").press("Enter")
    after = root.evaluate(STATE)
    assert after["scores"] == [score + 2 for score in before["scores"]]
    assert after["probabilities"] == before["probabilities"]
    assert differences(root) == {}
    remark = "Added 2 to every score: no probability has moved. "
    wait_for_status(page, root, remark + sentence(after, 1))


def test_doubling_every_score_is_halving_the_temperature(explorer_page):
    page = explorer_page(SoftmaxExplorer(target=1)._repr_html_())
    root = page.locator(".explorer")
    root.get_by_role("button", name="Double every score").press("Space")
    state = root.evaluate(STATE)
    assert state["scores"] == [2.0, 4.0, 1.0]
    assert state["probabilities"] == as_shown(softmax([score / 0.5 for score in (1.0, 2.0, 0.5)]))
    assert differences(root) == {}


def test_a_preset_without_room_moves_nothing_and_says_so(explorer_page):
    page = explorer_page(SoftmaxExplorer((1.0, 4.0, 0.5))._repr_html_())
    root = page.locator(".explorer")
    for name in ("Add 2 to every score", "Double every score"):
        root.get_by_role("button", name=name).click()
        state = root.evaluate(STATE)
        assert state["scores"] == [1.0, 4.0, 0.5]
        remark = "No room: a score would leave its slider, so none was moved. "
        wait_for_status(page, root, remark + sentence(state, 0))


def test_reset(explorer_page):
    page = explorer_page(WIDE._repr_html_())
    root = page.locator(".explorer")
    first = root.evaluate(STATE)
    for seed in range(3):
        move(root, random.Random(seed))
    assert root.evaluate(STATE) != first
    root.get_by_role("button", name="Reset").click()
    again = root.evaluate(STATE)
    assert differences(root) == {}
    assert (again["scores"], again["temperature"]) == (first["scores"], first["temperature"])
    assert again["target"] == first["target"]


def test_enter_on_a_slider_sends_no_form(explorer_page):
    page = explorer_page(SoftmaxExplorer()._repr_html_())
    slider = page.locator("input").first
    slider.press("End")
    slider.press("Enter")
    assert slider.input_value() == "5"
    assert differences(page.locator(".explorer")) == {}


def test_explorers_on_one_page_are_independent(explorer_page):
    twin, other = SoftmaxExplorer()._repr_html_(), WIDE._repr_html_()
    page = explorer_page(twin, other, twin)
    roots = [page.locator(".explorer").nth(i) for i in range(3)]
    before = [root.evaluate(STATE) for root in roots]
    roots[2].locator("input").first.press("End")
    assert [roots[i].evaluate(STATE) for i in (0, 1)] == before[:2]
    assert roots[2].evaluate(STATE) != before[2]
    assert [differences(root) for root in roots] == [{}, {}, {}]


@pytest.mark.parametrize("style", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing(explorer_page, style, width):
    page = explorer_page(
        SoftmaxExplorer()._repr_html_(), WIDE._repr_html_(), style=style, width=width
    )
    page.locator("input").first.press("End")
    assert axe_findings(page) == []


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_all_fits_phone_desk_and_finger(explorer_page, width):
    page = explorer_page(SoftmaxExplorer()._repr_html_(), WIDE._repr_html_(), width=width)
    page.locator("input").last.press("Home")  # the longest numbers: gradients of two digits
    assert misfits(page) == []


# ---- The site -----------------------------------------------------------------------------------


CHECKS = {
    "softmax": sys.modules[__name__],
    "gradient": test_gradient_explorer,
    "binary": test_binary_explorer,
    "kl": test_kl_explorer,
    "log-sum-exp": test_log_sum_exp_explorer,
}


def test_every_kind_has_its_checks():
    assert set(CHECKS) == {getattr(explorers, name).kind for name in explorers.__all__}


def test_explorers_on_the_site(site, site_url, browser):
    pages = [
        path.relative_to(site).as_posix()
        for path in sorted(site.rglob("*.html"))
        if 'class="explorer"' in path.read_text("utf-8")
    ]
    assert pages
    page = browser.new_page()
    for name in pages:
        page.goto(site_url + name)
        roots = page.locator(".explorer")
        for i in range(roots.count()):
            root = roots.nth(i)
            check = CHECKS[root.get_attribute("data-kind")]  # another kind needs its own test
            choice = random.Random(i)
            for _ in range(10):
                assert check.differences(root) == {}, name
                check.move(root, choice)
    page.close()


# ---- The checks, shown what they are for --------------------------------------------------------


def broken(right, wrong):
    """The HTML of an explorer in which *right*, found once or in each of several rows, is wrong."""
    html = SoftmaxExplorer()._repr_html_()
    assert right in html
    return html.replace(right, wrong)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Math.exp(x - z[top])", "Math.exp(z[top] - x)"),
        ("x - z[top] - Math.log1p(rest)", "x - z[top] + Math.log1p(rest)"),
        ("return -logSoftmax(z)[target]", "return logSoftmax(z)[target]"),
        ("Math.expm1(logP)", "Math.exp(logP)"),
        ("signed(slopes[i] / temperature)", "signed(slopes[i] * temperature)"),
        ("signed(slopes[i] / temperature)", "signed(-slopes[i] / temperature)"),
        ("sliderNumber(slider) / temperature", "sliderNumber(slider) * temperature"),
        ("50 + 50 * slopes[i]", "50 - 50 * slopes[i]"),
        ("x < 0 || ", "x > 0 || "),
        ('i === target ? "1" : "0"', 'i === target ? "0" : "1"'),
        ('toggleAttribute("data-true", i === target)', 'toggleAttribute("data-true", i === 0)'),
        ('slider.setAttribute("aria-valuetext", text);', ""),
        ('show(root, "loss", loss);', ""),
    ],
)
def test_a_wrong_script_is_seen(explorer_page, right, wrong):
    page = explorer_page(broken(right, wrong))
    root = page.locator(".explorer")
    root.locator("select").select_option("dog")
    root.locator("input").last.press("PageUp")
    root.locator("input").first.press("Home")
    assert differences(root) != {}


def test_a_control_without_a_name_is_seen(explorer_page):
    page = explorer_page(broken("<label><span>cat</span>", "<label><span></span>"))
    assert [found for found, _ in axe_findings(page)] == ["label"]


@pytest.mark.parametrize(
    ("right", "wrong"), [("min-width: 0;", "min-width: 400px;"), ("height: 1.6rem", "height: 1rem")]
)
def test_a_misfit_is_seen(explorer_page, right, wrong):
    assert misfits(explorer_page(broken(right, wrong), width=320))


def test_a_missing_focus_ring_is_seen(explorer_page):
    page = explorer_page(broken("outline: 2px solid", "outline: 0 none"))
    assert len(unseen_focus(page)) == 8


def test_keys_let_through_are_seen(explorer_page):
    assert keys_let_through(explorer_page(broken("event.stopPropagation()", "null"))) == 3


def test_controls_left_without_scripts_are_seen(explorer_page):
    page = explorer_page(broken(" hidden>", ">"), javascript=False)
    assert visible_controls(page) == 8


def test_a_flood_of_announcements_is_seen(explorer_page):
    page = explorer_page(broken("clearTimeout(timer);", ""))
    assert renewals_in_a_drag(page, page.locator(".explorer"), first_sentence) == 50


def test_explorers_that_share_their_sliders_are_seen(explorer_page):
    html = broken("(root) => [...root.querySelectorAll", "(root) => [...document.querySelectorAll")
    page = explorer_page(html, html)
    page.locator("input").first.press("End")
    page.locator("select").last.select_option("dog")
    assert differences(page.locator(".explorer").last) != {}


def test_a_tie_rounded_up_is_seen(explorer_page):
    html = SAMPLES[4]._repr_html_()  # gradient 1/32 = 0.03125: Python rounds it to 0.0312
    assert "+0.0312<" in html
    page = explorer_page(html.replace("if (tie", "if (false"))
    root = page.locator(".explorer")
    root.locator("input").first.dispatch_event("input")
    assert "gradients" in differences(root)


@pytest.mark.parametrize(
    "script", ["new Image().src = 'http://127.0.0.2:9/'", "console.log(1)", "throw new Error()"]
)
def test_noise_is_seen(explorer_page, noise, script):
    page = explorer_page(f"<script>{script}</script>")
    page.wait_for_load_state("load")
    assert noise
    noise.clear()
