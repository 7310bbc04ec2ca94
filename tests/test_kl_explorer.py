"""The KL explorer against `lib`: probabilities, shares, divergences, in Python and in the page."""

import random

import numpy as np
import pytest
from explorer_checks import as_shown, disagreements, type_value, values_written, wait_for_status
from scipy.special import rel_entr

from lib import cross_entropy, entropy, kl_divergence
from lib.explorers import KLExplorer
from lib.explorers.frame import quantity

SAMPLES = [
    KLExplorer(),
    KLExplorer((0.5, 0.5), (0.51, 0.49), ("heads", "tails")),
    KLExplorer((0.0, 0.5, 0.5, 0.0), (0.25, 0.25, 0.5, 0.0), ("a", "b", "c", "d")),
    KLExplorer((1.0, 0.0, 0.0), (0.0, 0.01, 0.99)),
]

STATE = """
root => {
  const texts = name => [...root.querySelectorAll(`[data-show=${name}]`)].map(e => e.textContent);
  const ends = selector => [...root.querySelectorAll(selector)].map(bar => {
    const { left, width } = bar.style;
    return [parseFloat(left), parseFloat(left) + parseFloat(width)];
  });
  const weights = name =>
    [...root.querySelectorAll(`input[name=${name}]`)].map(e => Number(e.value));
  return {
    weights: [weights("p"), weights("q")], names:
      [...root.querySelectorAll(".explorer-row")].map(e => e.dataset.name),
    outputs: [...root.querySelectorAll("output")].map(e => e.textContent),
    spoken: [...root.querySelectorAll("input")].map(e => e.getAttribute("aria-valuetext")),
    labels: [...root.querySelectorAll("label")].map(e => e.textContent),
    p: texts("p"), q: texts("q"), share: texts("share"), forward: texts("forward"),
    backward: texts("backward"), entropy: texts("entropy"), cross: texts("cross-entropy"),
    signs: [...root.querySelectorAll("[data-sign]")].map(e => e.dataset.sign),
    pairs: ends(".explorer-pair .explorer-bar"), shareBars: ends(".explorer-signed .explorer-bar"),
  };
}
"""


def normalised(state):
    """P and Q of the weights that stand, or None without any weight."""
    weights = [np.array(side, dtype=float) for side in state["weights"]]
    return [side / side.sum() if side.sum() else None for side in weights]


def differences(root):
    """Where the explorer in the page shows something else than `lib` computes."""
    state = root.evaluate(STATE)
    p, q = normalised(state)
    weights = [f"{x}" for pair in zip(*state["weights"], strict=True) for x in pair]
    expected = {
        "outputs": weights,
        "spoken": weights,
        "labels": [f"{name}, {side}" for name in state["names"] for side in "PQ"],
    }
    if p is None or q is None:
        nothing = ["–"] * len(state["names"])
        shown = {"p": p, "q": q}
        expected |= {k: nothing if v is None else as_shown(v) for k, v in shown.items()}
        expected |= {"share": nothing} | {k: ["–"] for k in ("forward", "backward", "cross")}
        return disagreements(state, expected)
    shares = np.where(p > 0, rel_entr(p, q), 0)  # SciPy's p ln(p/q)
    expected |= {
        "p": as_shown(p),
        "q": as_shown(q),
        "share": [quantity(x, plus="+") for x in shares],
        "signs": ["minus" if x < 0 else "plus" for x in shares],
        "forward": [quantity(kl_divergence(p, q))],
        "backward": [quantity(kl_divergence(q, p))],
        "entropy": [quantity(entropy(p))],
        "cross": [quantity(cross_entropy(p, q))],
    }
    bars = {
        "pairs": [(0, 100 * x) for pair in zip(p, q, strict=True) for x in pair],
        "shareBars": [sorted((50, 50 + 50 * min(x, 1))) for x in shares],
    }
    return disagreements(state, expected, bars)


def sentence(root):
    """The status sentence for what stands, from `lib`."""
    state = root.evaluate(STATE)
    p, q = normalised(state)
    for side, name in ((p, "P"), (q, "Q")):
        if side is None:
            return f"{name} has no weight at all: give an outcome some."
    words = f"D(P‖Q) is {quantity(kl_divergence(p, q))} nats, D(Q‖P) "
    words += quantity(kl_divergence(q, p))
    lacks = [n for n, x, y in zip(state["names"], p, q, strict=True) if x > 0 and y == 0]
    extra = [n for n, x, y in zip(state["names"], p, q, strict=True) if x == 0 and y > 0]
    if lacks:
        return f"{words}: Q rules out what P has, {', '.join(lacks)}."
    if extra:
        return f"{words}: P rules out what Q has, {', '.join(extra)}."
    if (p == q).all():
        return f"{words}: P and Q are equal."
    shares = rel_entr(p, q)
    most = shares.argmax()
    return f"{words}; {state['names'][most]} adds most to D(P‖Q), {quantity(shares[most])}."


def move(root, choice):
    """Move one slider or press a button, *choice* being a source of random numbers."""
    if choice.random() < 0.1:
        root.get_by_role("button", name=choice.choice(["Swap", "Make Q equal"])).click()
    sliders = root.locator("input")
    slider = sliders.nth(choice.randrange(sliders.count()))
    type_value(slider, choice.choice([0, 100, *(choice.randrange(101) for _ in range(8))]))


@pytest.mark.parametrize("explorer", SAMPLES, ids=repr)
def test_python_writes_what_lib_computes(explorer):
    p, q = np.array(explorer.p), np.array(explorer.q)
    shares = [quantity(x, plus="+") for x in np.where(p > 0, rel_entr(p, q), 0)]
    expected = {
        "p": as_shown(p),
        "q": as_shown(q),
        "share": shares,
        "forward": [quantity(kl_divergence(p, q))],
        "backward": [quantity(kl_divergence(q, p))],
        "entropy": [quantity(entropy(p))],
        "cross-entropy": [quantity(cross_entropy(p, q))],
    }
    assert values_written(explorer, expected) == expected


def test_worked_example():
    html = KLExplorer()._repr_html_()
    for number in ("−0.2197", "+0.2554", "+0.3296", "0.3653", "0.3961", "1.0297", "1.3949"):
        assert f">{number}<" in html
    assert sum(KLExplorer().shares()) == pytest.approx(0.365274, abs=5e-7)


@pytest.mark.parametrize("explorer", SAMPLES, ids=repr)
def test_the_page_agrees_with_lib(explorer_page, explorer):
    page = explorer_page(explorer._repr_html_())
    root = page.locator(".explorer")
    assert differences(root) == {}
    assert root.locator(".explorer-status").text_content() == sentence(root)
    root.locator("input").first.dispatch_event("input")
    choice = random.Random(len(explorer.p))
    for _ in range(60):
        assert differences(root) == {}
        move(root, choice)
    root.locator("input").first.dispatch_event("input")
    wait_for_status(page, root, sentence(root))


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (([20, 50, 30], [60, 0, 40]), "Q rules out what P has, rain."),
        (([0, 50, 0], [60, 10, 40]), "P rules out what Q has, sun, snow."),
        (([0, 50, 30], [60, 0, 40]), "D(P‖Q) is inf nats, D(Q‖P) inf: Q rules out"),
        (([10, 20, 30], [20, 40, 60]), "D(P‖Q) is 0 nats, D(Q‖P) 0: P and Q are equal."),
        (([0, 0, 0], [20, 40, 60]), "P has no weight at all"),
        (([1, 0, 0], [0, 0, 0]), "Q has no weight at all"),
        (([50, 50, 100], [51, 50, 100]), "D(P‖Q) is 3.688e−5 nats, D(Q‖P) 3.701e−5;"),
    ],
)
def test_the_sentence_knows_the_limits(explorer_page, weights, words):
    page = explorer_page(KLExplorer()._repr_html_())
    root = page.locator(".explorer")
    for name, side in zip("pq", weights, strict=True):
        for slider, weight in zip(root.locator(f"[name={name}]").all(), side, strict=True):
            type_value(slider, weight)
    assert words in sentence(root)
    assert differences(root) == {}
    wait_for_status(page, root, sentence(root))


def test_nearly_equal_distributions_keep_their_digits(explorer_page):
    """The plain sum of shares loses digits here; both divergences are far from it."""
    page = explorer_page(KLExplorer()._repr_html_())
    scripts = "\n".join(
        line for line in page.content().split("</style>")[1].split("<script>")[1:]
    ).split('startExplorers("kl"')[0]
    shown = page.evaluate(
        "([p, q]) => {" + scripts.removeprefix("(() => {") + "; return divergence(p, q); }",
        [[0.5, 0.5], [0.5 + 1e-9, 0.5 - 1e-9]],
    )
    assert shown == pytest.approx(kl_divergence([0.5, 0.5], [0.5 + 1e-9, 0.5 - 1e-9]), rel=1e-15)
    assert shown == pytest.approx(2e-18, rel=1e-6)


def test_buttons_swap_and_equal(explorer_page):
    page = explorer_page(KLExplorer()._repr_html_())
    root = page.locator(".explorer")
    root.get_by_role("button", name="Swap P and Q").press("Enter")
    assert root.evaluate(STATE)["weights"] == [[60, 30, 10], [20, 50, 30]]
    assert differences(root) == {}
    wait_for_status(page, root, "P and Q swapped. " + sentence(root))
    root.get_by_role("button", name="Make Q equal to P").press("Space")
    assert root.evaluate(STATE)["weights"] == [[60, 30, 10]] * 2
    assert differences(root) == {}
    wait_for_status(page, root, "Q has the weights of P. " + sentence(root))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"p": (1.0,), "q": (1.0,), "names": ("sun",)}, "p: expected at least two outcomes"),
        ({"q": (0.5, 0.5)}, "q: expected 3 probabilities"),
        ({"p": (0.2, 0.5, 0.2)}, "p: probabilities must sum to 1"),
        ({"q": (0.255, 0.5, 0.245)}, "q: expected multiples of 0.01"),
        ({"q": (-0.5, 1.0, 0.5)}, "q: expected multiples of 0.01"),
        ({"p": (float("nan"), 0.5, 0.5)}, "p: expected multiples of 0.01"),
        ({"names": ("sun", "sun", "snow")}, "names: expected 3 different names, one per outcome"),
    ],
)
def test_bad_arguments(arguments, words):
    with pytest.raises(ValueError, match=words):
        KLExplorer(**arguments)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("x === 0 ? 0 : -x * Math.log(q[i])", "-x * Math.log(q[i])"),
        ("x === 0 ? 0 : x * Math.log(x / q[i])", "x === 0 ? 0 : x * Math.log(q[i] / x)"),
        ("p === 0 ? 0 : p * Math.log(p / q)", "p * Math.log(p / q)"),
        ("(1 + s) * s * rest", "(1 - s) * s * rest"),
        ("divergence(q, p)", "divergence(p, q)"),
        ('part < 0 ? "minus" : "plus"', '"plus"'),
        ("50 + 50 * Math.min(part, 1)", "50 + 50 * part"),
        ("weight / total(weights)", "weight / 100"),
        ("write(crossEntropyOf(p, q), quantity)", "write(crossEntropyOf(q, p), quantity)"),
    ],
)
def test_a_wrong_script_is_seen(explorer_page, right, wrong):
    html = KLExplorer()._repr_html_()
    assert html.count(right) == 1
    root = explorer_page(html.replace(right, wrong)).locator(".explorer")
    choice = random.Random(0)
    found = []
    for weights in ((20, 50, 30), (60, 1, 100)), ((50, 30, 0), (51, 30, 0)), ((0, 9, 9), (5, 0, 0)):
        for name, side in zip("pq", weights, strict=True):
            for slider, weight in zip(root.locator(f"[name={name}]").all(), side, strict=True):
                type_value(slider, weight)
        found.append(differences(root))
    move(root, choice)
    assert any(found)
