"""The gradient explorer against `lib`: numbers, arrows and steps, in Python and in the page."""

import random

import numpy as np
import pytest
from explorer_checks import as_shown, disagreements, type_value, values_written, wait_for_status

from lib import softmax, softmax_cross_entropy, softmax_cross_entropy_grad
from lib.explorers import GradientExplorer
from lib.explorers.gradient import RATES

SAMPLES = [
    GradientExplorer(),
    GradientExplorer((-4.0, 4.0), ("no", "yes"), target=0, rate=10),
    GradientExplorer((1.25, 0.0, -3.5, 4.0), ("a", "b", "c", "d"), target=2, rate=0.3),
]

STATE = """
root => {
  const texts = name => [...root.querySelectorAll(`[data-show=${name}]`)].map(e => e.textContent);
  const ends = selector => [...root.querySelectorAll(selector)].map(bar => {
    const { left, width } = bar.style;
    return [parseFloat(left), parseFloat(left) + parseFloat(width)];
  });
  const sliders = [...root.querySelectorAll("input[name=score]")];
  const rate = root.querySelector("input[name=rate]");
  const arrows = [...root.querySelectorAll(".explorer-arrow")];
  return {
    scores: sliders.map(e => Number(e.dataset.exact ?? e.value)),
    thumbs: sliders.map(e => Number(e.value)),
    rate: Number(rate.dataset.stops.split(" ")[rate.value]),
    target: root.querySelector("select").selectedIndex,
    names: [...root.querySelectorAll("option")].map(e => e.text),
    outputs: [...root.querySelectorAll("output")].map(e => e.textContent),
    spoken: [...sliders, rate].map(e => e.getAttribute("aria-valuetext")),
    probability: texts("probability"), gradient: texts("gradient"), label: texts("label"),
    next: texts("next"), loss: texts("loss"), nextLoss: texts("next-loss"), size: texts("size"),
    totalProbability: texts("total-probability"), totalGradient: texts("total-gradient"),
    trueClass: texts("true-class"), ways: arrows.map(e => e.dataset.way),
    marked: [...root.querySelectorAll(".explorer-row")].map(e => e.hasAttribute("data-true")),
    bars: ends(".explorer-bar"), arrows: ends(".explorer-arrow"),
  };
}
"""


def differences(root):
    """Where the explorer in the page shows something else than `lib` computes."""
    state = root.evaluate(STATE)
    z, target, rate = np.array(state["scores"]), state["target"], state["rate"]
    p, gradient = softmax(z), softmax_cross_entropy_grad(z, target)
    after = z - rate * gradient
    values = [*as_shown(z), f"{rate:g}"]
    is_true = [i == target for i in range(len(z))]
    expected = {
        "outputs": values,
        "spoken": values,
        "probability": as_shown(p),
        "gradient": as_shown(gradient, "+.4f"),
        "label": [str(int(true)) for true in is_true],
        "marked": is_true,
        "ways": ["up" if true else "down" for true in is_true],
        "next": as_shown(after),
        "loss": as_shown([softmax_cross_entropy(z, target)]),
        "nextLoss": as_shown([softmax_cross_entropy(after, target)]),
        "size": as_shown([2 * (1 - p[target])]),
        "totalProbability": ["1.0000"],
        "totalGradient": ["0.0000"],
        "trueClass": [state["names"][target]] * 2,
    }
    bars = {
        "bars": [(0, 100 * share) for share in p],
        "arrows": [sorted((50, 50 - 50 * slope)) for slope in gradient],
    }
    return disagreements(state, expected, bars)


def move(root, choice):
    """Move one control, or take a step, *choice* being a source of random numbers."""
    what = choice.randrange(4)
    if what == 0:
        root.get_by_role("button", name="Take a step").click()
    elif what == 1:
        options = root.locator("option").count()
        root.locator("select").select_option(index=choice.randrange(options))
    elif what == 2:
        type_value(root.locator("input[name=rate]"), choice.randrange(len(RATES)))
    else:
        sliders = root.locator("input[name=score]")
        slider = sliders.nth(choice.randrange(sliders.count()))
        type_value(slider, round(choice.uniform(-5, 5), 1))


def sentence(root):
    """The status sentence that belongs to what an explorer in the page shows."""
    state = root.evaluate(STATE)
    name = state["names"][state["target"]]
    return (
        f"True class {name} costs {state['loss'][0]} nats. A step with rate {state['rate']:g} "
        f"moves {name} up and makes that {state['nextLoss'][0]}."
    )


@pytest.mark.parametrize("explorer", SAMPLES, ids=repr)
def test_python_writes_what_lib_computes(explorer):
    z = np.array(explorer.logits)
    gradient = softmax_cross_entropy_grad(z, explorer.target)
    after = z - explorer.rate * gradient
    expected = {
        "probability": as_shown(softmax(z)),
        "gradient": as_shown(gradient, "+.4f"),
        "next": as_shown(after),
        "loss": as_shown([softmax_cross_entropy(z, explorer.target)]),
        "next-loss": as_shown([softmax_cross_entropy(after, explorer.target)]),
    }
    assert values_written(explorer, expected) == expected


def test_worked_example():
    html = GradientExplorer()._repr_html_()
    for number in ("+0.2312", "−0.3715", "+0.1402", "0.7688", "2.3715", "0.3598", "0.7429"):
        assert f">{number}<" in html
    assert "costs 0.4644 nats. A step with rate 1 moves dog up and makes that 0.2890." in html


@pytest.mark.parametrize("explorer", SAMPLES, ids=repr)
def test_the_page_agrees_with_lib(explorer_page, explorer):
    root = explorer_page(explorer._repr_html_()).locator(".explorer")
    choice = random.Random(len(explorer.logits))
    assert differences(root) == {}
    for _ in range(40):
        move(root, choice)
        assert differences(root) == {}


def test_steps_add_up_exactly(explorer_page):
    page = explorer_page(GradientExplorer()._repr_html_())
    root = page.locator(".explorer")
    z = np.array([1.0, 2.0, 0.5])
    for _ in range(10):
        root.get_by_role("button", name="Take a step").press("Enter")
        z = z - softmax_cross_entropy_grad(z, 1)
    state = root.evaluate(STATE)
    assert np.allclose(state["scores"], z, rtol=1e-14, atol=0)
    assert np.allclose(state["thumbs"], z, rtol=0, atol=0.0501)
    assert differences(root) == {}


def test_a_step_is_announced_with_what_it_did(explorer_page):
    page = explorer_page(GradientExplorer()._repr_html_())
    root = page.locator(".explorer")
    root.get_by_role("button", name="Take a step").press("Space")
    remark = "Step taken: the loss went from 0.4644 to 0.2890 nats. "
    wait_for_status(page, root, remark + sentence(root))


def test_a_step_past_the_end_keeps_the_number_and_a_move_takes_the_thumb(explorer_page):
    explorer = GradientExplorer((4.0, -4.0, 0.0), target=1, rate=10)
    root = explorer_page(explorer._repr_html_()).locator(".explorer")
    root.get_by_role("button", name="Take a step").click()
    state = root.evaluate(STATE)
    assert state["thumbs"][1] == 4.0 and state["scores"][1] > 5
    assert differences(root) == {}
    slider = root.locator("input[name=score]").nth(1)
    slider.press("ArrowLeft")
    assert root.evaluate(STATE)["scores"][1] == 3.9
    assert differences(root) == {}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"logits": (1.0,), "names": ("cat",)}, ValueError, "logits: expected at least two"),
        ({"logits": (1.0, 2.0)}, ValueError, "names: expected 2 different names"),
        ({"logits": (1.0, 2.0, 6.0)}, ValueError, "do not lie within the limits"),
        ({"limits": (4.0, -4.0)}, ValueError, "limits: expected"),
        ({"target": 3}, IndexError, r"target: class 3 is outside 0\.\.2"),
        ({"target": 1.0}, TypeError, "integer"),
        ({"rate": 0.0}, ValueError, "rate: expected a positive number"),
        ({"rate": float("nan")}, ValueError, "rate: expected a positive number"),
    ],
)
def test_bad_arguments(arguments, error, words):
    with pytest.raises(error, match=words):
        GradientExplorer(**arguments)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("score - Number(rate)", "score + Number(rate)"),
        ("50 - 50 * slopes[i]", "50 + 50 * slopes[i]"),
        ('i === target ? "up" : "down"', '"up"'),
        ("delete changed.dataset.exact", "0"),
        ("slider.dataset.exact = next[i];", ""),
        ("sum(slopes.map(Math.abs))", "sum(slopes)"),
        ('row.querySelector("output").textContent = decimals(z[i]);', ""),
    ],
)
def test_a_wrong_script_is_seen(explorer_page, right, wrong):
    html = GradientExplorer()._repr_html_()
    assert html.count(right) == 1
    page = explorer_page(html.replace(right, wrong))
    root = page.locator(".explorer")
    z = np.array([1.0, 2.0, 0.5])
    root.get_by_role("button", name="Take a step").click()
    z -= softmax_cross_entropy_grad(z, 1)
    found = differences(root) or not np.allclose(root.evaluate(STATE)["scores"], z)
    root.locator("input[name=score]").first.press("Home")
    z[0] = -4
    assert found or differences(root) or not np.allclose(root.evaluate(STATE)["scores"], z)
