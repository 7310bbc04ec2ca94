"""The binary explorer against `lib`: loss, naive twin, gradient, curve, in Python and the page."""

import math
import random
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup
from explorer_checks import disagreements, type_value, wait_for_status

from lib import (
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    naive_binary_cross_entropy_with_logits,
)
from lib.explorers import BinaryExplorer
from lib.explorers.binary import POINTS, REACHES, WEIGHTS
from lib.explorers.frame import quantity

SAMPLES = [
    BinaryExplorer(),
    BinaryExplorer(2.0, target=1.0),
    BinaryExplorer(-710.0, target=0.0, dtype="float64", reach=800),
    BinaryExplorer(1.25, target=0.35, pos_weight=4, dtype="float64", reach=5),
    BinaryExplorer(15.05, target=1.0, reach=20),
]

STATE = """
root => {
  const text = name => root.querySelector(`[data-show=${name}]`).textContent;
  const control = name => root.querySelector(`[name=${name}]`);
  const logit = control("logit"), weight = control("weight");
  const marker = root.querySelector(".explorer-marker").style;
  const path = name => root.querySelector(name).getAttribute("d");
  return {
    z: Number(logit.value), y: Number(control("target").value),
    w: Number(weight.dataset.stops.split(" ")[weight.value]),
    dtype: control("dtype").value, reach: Number(control("reach").value),
    slider: [logit.min, logit.max, logit.step].map(Number),
    outputs: [...root.querySelectorAll("output")].map(e => e.textContent),
    spoken: [...root.querySelectorAll("input")].map(e => e.getAttribute("aria-valuetext")),
    loss: text("loss"), naive: text("naive"), probability: text("probability"),
    rest: text("rest"), gradient: text("gradient"),
    top: text("top"), low: text("low"), high: text("high"),
    marker: [parseFloat(marker.left), parseFloat(marker.top)],
    curve: path(".explorer-loss"), naiveCurve: path(".explorer-naive"),
    broken: path(".explorer-broken"),
  };
}
"""


def textbook(z, y, w, dtype):
    """p, 1 - p and the naive loss, by NumPy's own arithmetic in the format."""
    kind = np.dtype(dtype).type
    z, y, w, one = kind(z), kind(y), kind(w), kind(1)
    with np.errstate(all="ignore"):
        p = one / (one + np.exp(-z))
        loss = -(w * y * np.log(p) + (one - y) * np.log(one - p))
    return p, one - p, loss


def stable(z, y, w):
    """The loss of `lib`."""
    return binary_cross_entropy_with_logits(float(z), y, pos_weight=w)


def curve(losses, top):
    """The corners of a curve in the picture, None where it has a gap."""
    return [
        (i, min(max(100 - 100 * loss / top, 0), 100)) if math.isfinite(loss) else None
        for i, loss in enumerate(losses)
    ]


def corners(path):
    """The corners that an SVG path draws, None for what it leaves out; a gap begins with M."""
    found = [None] * (POINTS + 1)
    for letter, i, height in re.findall(r"([ML])(\d+),([\d.]+)", path):
        joined = i != "0" and found[int(i) - 1] is not None
        found[int(i)] = (int(i), float(height) if joined == (letter == "L") else math.nan)
    return found


def differences(root):
    """Where the explorer in the page shows something else than `lib` computes."""
    state = root.evaluate(STATE)
    y, w, dtype, reach = (state[name] for name in ("y", "w", "dtype", "reach"))
    step = REACHES[reach]
    digits = len(step.partition(".")[2])
    z = np.dtype(dtype).type(state["z"])
    p, rest, naive = textbook(z, y, w, dtype)
    loss = stable(z, y, w)
    slope = binary_cross_entropy_with_logits_grad(float(z), y, pos_weight=w)
    top = max(stable(-reach, y, w), stable(reach, y, w))
    values = [f"{state['z']:.{digits}f}".replace("-", "−"), f"{y:.2f}", f"{w:g}"]
    expected = {
        "outputs": values,
        "spoken": values,
        "slider": [-reach, reach, float(step)],
        "loss": quantity(loss),
        "gradient": quantity(slope),
        "top": quantity(top),
        "low": f"−{reach}",
        "high": f"{reach}",
    }
    wrong = disagreements(state, expected)
    # NumPy's exponential in float32 is not always the nearest: of each number the last digits.
    for name, right in (("probability", p), ("rest", rest), ("naive", naive)):
        shown = float(state[name].replace("−", "-"))
        if not np.isclose(
            shown, right, rtol=6e-4, atol=5.1e-5 * (abs(right) >= 1e-3), equal_nan=True
        ):
            wrong[name] = (shown, right)
    scores = np.linspace(-reach, reach, POINTS + 1)
    naives = [textbook(score, y, w, dtype)[2] for score in scores]
    for name, losses in (("curve", [stable(s, y, w) for s in scores]), ("naiveCurve", naives)):
        drawn, right = corners(state[name]), curve(losses, top)
        for here, there in zip(drawn, right, strict=True):
            if (here is None) != (there is None) or not np.allclose(
                here or 0, there or 0, atol=2e-2
            ):
                wrong[name] = (here, there)
    shaded = [float(x) + 0.5 for x in re.findall(r"M([-\d.]+),0h1v100h-1z", state["broken"])]
    if shaded != [i for i, naive in enumerate(naives) if not math.isfinite(naive)]:
        wrong["broken"] = shaded
    marker = [50 + 50 * float(z) / reach, 100 - 100 * loss / top]
    if not np.allclose(state["marker"], marker, rtol=0, atol=0.02):
        wrong["marker"] = (state["marker"], marker)
    return wrong


def move(root, choice):
    """Move one control, *choice* being a source of random numbers."""
    what = choice.randrange(6)
    if what == 0:
        root.locator("select[name=reach]").select_option(str(choice.choice(list(REACHES))))
    elif what == 1:
        root.locator("select[name=dtype]").select_option(choice.choice(["float32", "float64"]))
    elif what == 2:
        type_value(root.locator("input[name=target]"), choice.choice([0, 0, 1, 1, 0.05, 0.5, 0.7]))
    elif what == 3:
        type_value(root.locator("input[name=weight]"), choice.randrange(len(WEIGHTS)))
    else:
        reach = root.evaluate(STATE)["reach"]
        type_value(root.locator("input[name=logit]"), choice.uniform(-reach, reach))


def put(root, **values):
    """Set controls by name, sliders to values and choices to words."""
    for name, value in values.items():
        control = root.locator(f"[name={name}]")
        if isinstance(value, str):
            control.select_option(value)
        else:
            type_value(control, value)


@pytest.mark.parametrize("explorer", SAMPLES, ids=repr)
def test_python_writes_what_lib_computes(explorer):
    soup = BeautifulSoup(explorer._repr_html_(), "html.parser")
    z = np.dtype(explorer.dtype).type(explorer.logit)
    right = textbook(z, explorer.target, explorer.pos_weight, explorer.dtype)
    shown = {part["data-show"]: part.text for part in soup.select("[data-show]")}
    assert shown["loss"] == quantity(stable(z, explorer.target, explorer.pos_weight))
    assert [shown[name] for name in ("probability", "rest", "naive")] == [*map(quantity, right)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("target", [0.0, 1.0, 0.25])
def test_the_naive_form_is_that_of_lib(dtype, target):
    kind = np.dtype(dtype).type
    explorer = BinaryExplorer(target=target, dtype=dtype)
    for z in np.arange(-800, 800, 0.37).astype(kind):
        theirs = naive_binary_cross_entropy_with_logits(z, kind(target))
        ours = explorer.naive(float(z))[2]
        assert np.isclose(
            ours, theirs, rtol=4 * np.finfo(kind).eps, atol=2 * np.finfo(kind).eps, equal_nan=True
        ), z


@pytest.mark.parametrize(
    ("dtype", "low", "high"), [("float32", -88.72283, 16.63553), ("float64", -709.78271, 36.73680)]
)
def test_the_naive_form_breaks_where_chapter_seven_says(dtype, low, high):
    explorer = BinaryExplorer(target=0.5, dtype=dtype)
    ends = [low + 1e-4, high - 1e-4, low - 1e-4, high + 1e-4]
    losses = [explorer.naive(float(np.dtype(dtype).type(z)))[2] for z in ends]
    assert [math.isfinite(loss) for loss in losses] == [True, True, False, False]


@pytest.mark.parametrize("explorer", SAMPLES, ids=repr)
def test_the_page_agrees_with_lib(explorer_page, explorer):
    root = explorer_page(explorer._repr_html_()).locator(".explorer")
    choice = random.Random(explorer.reach)
    assert differences(root) == {}
    root.locator("input").first.dispatch_event("input")
    assert differences(root) == {}
    for _ in range(25):
        move(root, choice)
        assert differences(root) == {}


@pytest.mark.parametrize(
    ("controls", "words"),
    [
        ({"logit": 2, "target": 1}, "The loss is 0.1269 nats. The naive form agrees."),
        (
            {"logit": 20},
            "The loss is 20.0000 nats. The naive form gives inf: in float32 p rounds to 1 and "
            "1 − p is 0, with logarithm −inf.",
        ),
        (
            {"logit": 20, "target": 1},
            "The loss is 2.061e−9 nats. The naive form gives nan: in float32 p rounds to 1 and "
            "1 − p is 0, with logarithm −inf, and 0 · (−inf) is nan.",
        ),
        (
            {"reach": "120", "logit": -100, "target": 1},
            "The loss is 100.0000 nats. The naive form gives inf: in float32 exp(−z) overflows and "
            "p is 0, with logarithm −inf.",
        ),
        (
            {"logit": -40},
            "The loss is 4.248e−18 nats. The naive form gives 0: in float32 1 − p is so near 1 "
            "that rounding takes the digits of p.",
        ),
        (
            {"logit": 15, "target": 1},
            "The loss is 3.059e−7 nats. The naive form gives 3.576e−7: in float32 p is so near 1 "
            "that rounding takes the digits of 1 − p.",
        ),
    ],
)
def test_the_sentence_says_when_and_why_the_twin_breaks(explorer_page, controls, words):
    page = explorer_page(BinaryExplorer(0.0)._repr_html_())
    root = page.locator(".explorer")
    put(root, **controls)
    wait_for_status(page, root, words)
    state = root.evaluate(STATE)
    again = BinaryExplorer(state["z"], state["y"], state["w"], state["dtype"], state["reach"])
    assert again.status() == words


def test_status_is_that_of_python_wherever_one_goes(explorer_page):
    page = explorer_page(BinaryExplorer()._repr_html_())
    root = page.locator(".explorer")
    choice = random.Random(7)
    for _ in range(12):
        move(root, choice)
        state = root.evaluate(STATE)
        z = round(state["z"], 2)
        again = BinaryExplorer(z, state["y"], state["w"], state["dtype"], state["reach"])
        wait_for_status(page, root, again.status())


def test_a_smaller_range_takes_the_score_along_and_reset_brings_it_back(explorer_page):
    root = explorer_page(BinaryExplorer()._repr_html_()).locator(".explorer")
    put(root, reach="5")
    assert root.evaluate(STATE)["z"] == 5
    assert differences(root) == {}
    root.get_by_role("button", name="Reset").click()
    state = root.evaluate(STATE)
    assert (state["z"], state["reach"]) == (20, 40)
    assert differences(root) == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"reach": 30}, "reach: expected"),
        ({"dtype": "float16"}, "dtype: expected 'float32' or 'float64'"),
        ({"logit": 41.0}, "logit: expected a multiple of 0.1 from -40 to 40"),
        ({"logit": 0.05}, "logit: expected a multiple of 0.1"),
        ({"logit": float("nan")}, "logit: expected"),
        ({"target": 1.05}, "target: expected a multiple of 0.05 from 0 to 1"),
        ({"target": 0.01}, "target: expected"),
        ({"pos_weight": 0.0}, "pos_weight: expected a positive number"),
    ],
)
def test_bad_arguments(arguments, words):
    with pytest.raises(ValueError, match=words):
        BinaryExplorer(**arguments)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Math.log1p(Math.exp(-Math.abs(x)))", "Math.log(1 + Math.exp(-Math.abs(x)))"),
        ("times(w * y, Math.max(-x, 0) + rest)", "times(y, Math.max(-x, 0) + rest)"),
        ("- w * y * sigmoid(-x)", "- y * sigmoid(-x)"),
        ("const rest = r(1 - p);", "const rest = 1 - Math.min(p, 0.999);"),
        ("r(1 / r(1 + r(Math.exp(-x))))", "sigmoid(x)"),
        ("slider.step = choice", "void choice"),
        ("50 + (50 * z) / reach", "50 - (50 * z) / reach"),
        ("if (Number.isFinite(loss)) {", "if (true) {"),
        ('? "" : `M${i - 0.5}', '? "" : `M${i + 0.5}'),
    ],
)
def test_a_wrong_script_is_seen(explorer_page, right, wrong):
    html = BinaryExplorer(2.0, target=0.7, pos_weight=2)._repr_html_()
    assert html.count(right) == 1
    root = explorer_page(html.replace(right, wrong)).locator(".explorer")
    put(root, logit=-35)
    found = [differences(root)]
    put(root, target=0)
    found.append(differences(root))
    put(root, reach="20")
    found.append(differences(root))
    assert any(found)
