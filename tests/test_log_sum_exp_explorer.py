"""The log-sum-exp explorer against NumPy, 50 digits and `lib`, in Python and in the page."""

import math
import random

import mpmath
import numpy as np
import pytest
import torch
from explorer_checks import disagreements, type_value, values_written, wait_for_status
from test_explorer_rounding import TYPES, all_numbers, nearest

from lib import logsumexp
from lib.explorers import LogSumExpExplorer
from lib.explorers.frame import quantity
from lib.explorers.log_sum_exp import NAMES, REACHES

KINDS = {**TYPES, "float64": np.float64}
SHIFTS = list(NAMES)
SAMPLES = [
    LogSumExpExplorer(),
    LogSumExpExplorer((11.1, 0, -3), dtype="float16", reach=20),
    LogSumExpExplorer((0, -7.65), "on", "float16", reach=20),
    LogSumExpExplorer((-120, -119.5, 3, 3), "log1p", "bfloat16", reach=120),
    LogSumExpExplorer((0, -800, -1000), "log1p", reach=1000),
]

STATE = """
root => {
  const texts = name => [...root.querySelectorAll(`[data-show=${name}]`)].map(e => e.textContent);
  const sliders = [...root.querySelectorAll("input")];
  const control = name => root.querySelector(`[name=${name}]`);
  return {
    scores: sliders.map(e => Number(e.value)),
    range: sliders.map(e => [e.min, e.max, e.step].map(Number)),
    outputs: [...root.querySelectorAll("output")].map(e => e.textContent),
    spoken: sliders.map(e => e.getAttribute("aria-valuetext")),
    shift: control("form").selectedIndex, dtype: control("dtype").value,
    reach: Number(control("reach").value), dtypes: texts("dtype"),
    exponent: texts("exponent"), exponential: texts("exponential"), fault: texts("fault"),
    probability: texts("probability"), trueProbability: texts("true-probability"),
    sum: texts("sum"), log: texts("log"), back: texts("back"), result: texts("result"),
    truth: texts("truth"), status: root.querySelector(".explorer-status").textContent,
    sumName: texts("sum-name"), logName: texts("log-name"), backName: texts("back-name"),
  };
}
"""


def in_words(x):
    """A number of 50 digits as the explorer writes numbers, however small it is."""
    if x == 0 or abs(x) >= 1e-300:
        return quantity(float(x))
    digits, exponent = mpmath.nstr(x, 4, strip_zeros=False).split("e")
    return f"{digits}e{exponent}".replace("-", "−")


def in_short(x):
    """A number with four decimals, or fewer if they are zeros."""
    rounded = f"{x:.4f}".replace("-", "−")
    while "." in rounded and rounded[-1] in "0.":
        rounded = rounded[:-1]
    return rounded


def truth(z):
    """Log-sum-exp and softmax of scores, to 50 digits past the largest gap."""
    with mpmath.workdps(1000):
        exponentials = [mpmath.exp(mpmath.mpf(float(x))) for x in z]
        total = mpmath.fsum(exponentials)
        return mpmath.log(total), [e / total for e in exponentials]


def textbook(scores, shift, dtype):
    """The steps in the format's own arithmetic, exp and log rounded from float64."""
    kind = KINDS[dtype]

    def k(x):
        return kind(x if dtype == "float64" else nearest(np.array([x], dtype=float), dtype)[0])

    def f(function, x):
        return k(function(np.float64(x)))

    with np.errstate(all="ignore"):
        z = [k(x) for x in scores]
        m = max(z)
        exponents = z if shift == "off" else [x - m for x in z]
        exponentials = [f(np.exp, x) for x in exponents]
        total, top = kind(0), z.index(m)
        for i, e in enumerate(exponentials):
            if shift != "log1p" or i != top:
                total = total + e
        log = f(np.log1p if shift == "log1p" else np.log, total)
        whole = kind(1) + total if shift == "log1p" else total
        return {
            "z": z,
            "exponents": exponents,
            "exponentials": exponentials,
            "sum": total,
            "log": log,
            "m": m,
            "result": log if shift == "off" else m + log,
            "probabilities": [e / whole for e in exponentials],
        }


def differences(root):
    """Where the explorer in the page shows something else than NumPy and 50 digits say."""
    state = root.evaluate(STATE)
    dtype, reach, shift = state["dtype"], state["reach"], SHIFTS[state["shift"]]
    digits = len(REACHES[reach].partition(".")[2])
    steps = textbook(state["scores"], shift, dtype)
    lse, probabilities = truth(steps["z"])
    tiny = 2.0 ** {"float16": -14, "bfloat16": -126, "float32": -126, "float64": -1022}[dtype]
    outputs = [f"{x:.{digits}f}".replace("-", "−") for x in state["scores"]]
    expected = {
        "outputs": outputs,
        "spoken": outputs,
        "range": [[-reach, reach, float(REACHES[reach])]] * len(outputs),
        "dtypes": [dtype] * 3,
        "exponent": [in_short(float(x)) for x in steps["exponents"]],
        "exponential": [quantity(float(x)) for x in steps["exponentials"]],
        "fault": [
            "overflow" if x == np.inf else "underflow" if x == 0 else "subnormal" * (x < tiny)
            for x in map(float, steps["exponentials"])
        ],
        "probability": [quantity(float(x)) for x in steps["probabilities"]],
        "sum": [quantity(float(steps["sum"]))],
        "log": [quantity(float(steps["log"]))],
        "back": ["–" if shift == "off" else quantity(float(steps["m"]))],
        "result": [quantity(float(steps["result"]))],
        "truth": [in_words(lse)],
        "trueProbability": [in_words(p) for p in probabilities],
        "sumName": [NAMES[shift][0]],
        "logName": [NAMES[shift][1]],
        "backName": [NAMES[shift][2]],
    }
    return disagreements(state, expected)


def kind_of_end(state):
    """What the sentence must say: the first word of the verdict, by NumPy and 50 digits."""
    dtype = state["dtype"]
    steps = textbook(state["scores"], SHIFTS[state["shift"]], dtype)
    result, lse = float(steps["result"]), truth(steps["z"])[0]
    if math.isinf(result):
        return "Overflow: " if result > 0 else "Underflow: "
    if dtype == "float64":
        gap = math.ulp(float(lse))
    else:
        numbers = nearest(np.array([float(lse)]), dtype)
        gap = abs(float(np.spacing(KINDS[dtype](numbers[0]))))
    error = abs(mpmath.mpf(result) - lse)
    if error <= gap * 0.4999:
        return "Right: "
    if 0.5001 * gap < error < 1.9 * gap:
        return "Right but "
    return "Digits lost: " if error > 4.1 * gap else ""


def again(state):
    """Python's explorer of what stands in the page."""
    digits = len(REACHES[state["reach"]].partition(".")[2])
    scores = tuple(round(x, digits) for x in state["scores"])
    return LogSumExpExplorer(scores, SHIFTS[state["shift"]], state["dtype"], state["reach"])


def move(root, choice):
    """Move one control, *choice* being a source of random numbers."""
    what = choice.randrange(6)
    if what < 3:
        name = ("form", "dtype", "reach")[what]
        control = root.locator(f"select[name={name}]")
        control.select_option(index=choice.randrange(control.locator("option").count()))
    else:
        reach = root.evaluate(STATE)["reach"]
        sliders = root.locator("input")
        slider = sliders.nth(choice.randrange(sliders.count()))
        type_value(slider, choice.choice([0, *(choice.uniform(-reach, reach) for _ in range(5))]))


@pytest.mark.parametrize("explorer", SAMPLES, ids=repr)
def test_python_writes_the_steps(explorer):
    steps = textbook(explorer.logits, explorer.shift, explorer.dtype)
    lse, probabilities = truth(steps["z"])
    expected = {
        "exponential": [quantity(float(x)) for x in steps["exponentials"]],
        "probability": [quantity(float(x)) for x in steps["probabilities"]],
        "true-probability": [in_words(p) for p in probabilities],
        "result": [quantity(float(steps["result"]))],
        "truth": [in_words(lse)],
    }
    assert values_written(explorer, expected) == expected


def test_the_opening_of_chapter_four():
    html = LogSumExpExplorer()._repr_html_()
    assert LogSumExpExplorer().steps().probabilities[1:] == [0, 0]
    assert math.isnan(LogSumExpExplorer().steps().probabilities[0])
    assert "Log-sum-exp is inf in float64. Overflow: exp(1000) is too large" in html
    assert ">5.076e−435<" in html


@pytest.mark.parametrize("explorer", SAMPLES, ids=repr)
def test_the_page_agrees(explorer_page, explorer):
    page = explorer_page(explorer._repr_html_())
    root = page.locator(".explorer")
    assert differences(root) == {}
    root.locator("input").first.dispatch_event("input")
    choice = random.Random(explorer.reach + len(explorer.logits))
    for _ in range(60):
        assert differences(root) == {}
        state = root.evaluate(STATE)
        words = again(state).status()
        assert kind_of_end(state) in words
        move(root, choice)


def test_the_sentence_is_that_of_python_wherever_one_goes(explorer_page):
    page = explorer_page(LogSumExpExplorer()._repr_html_())
    root = page.locator(".explorer")
    choice = random.Random(3)
    for _ in range(25):
        move(root, choice)
        wait_for_status(page, root, again(root.evaluate(STATE)).status())


@pytest.mark.parametrize(
    ("explorer", "words"),
    [
        (
            LogSumExpExplorer((11.1, 0), dtype="float16", reach=20),
            "Log-sum-exp is inf in float16. Overflow: exp(11.1016) is too large for it, and "
            "softmax becomes nan or 0. The true value is 11.1016.",
        ),
        (
            LogSumExpExplorer((88.5, 88.5), dtype="float32", reach=120),
            "Log-sum-exp is inf in float32. Overflow: the sum is too large for it, and softmax "
            "becomes nan or 0. The true value is 89.1931.",
        ),
        (
            LogSumExpExplorer((-800, -900), reach=1000),
            "Log-sum-exp is −inf in float64. Underflow: every exponential is 0, and softmax "
            "0/0 = nan. The true value is −800.0000.",
        ),
        (
            LogSumExpExplorer((0, -40), "on", reach=120),
            "Log-sum-exp is 0 in float64. Digits lost: the true value is 4.248e−18, and of "
            "16 digits about 0 are right.",
        ),
        (
            LogSumExpExplorer((0, -40), "log1p", reach=120),
            "Log-sum-exp is 4.248e−18 in float64. Right: no number of the format is nearer the "
            "truth.",
        ),
        (
            LogSumExpExplorer((0, -5.6), "on", "bfloat16", reach=20),
            "Log-sum-exp is 0 in bfloat16. Digits lost: the true value is 0.0037, and of 2 digits "
            "about 0 are right.",
        ),
    ],
    ids=repr,
)
def test_the_sentence_names_the_fault(explorer_page, explorer, words):
    assert explorer.status() == words
    page = explorer_page(explorer._repr_html_())
    page.locator("input").first.dispatch_event("input")
    page.wait_for_timeout(600)
    assert page.locator(".explorer-status").text_content() == words
    assert differences(page.locator(".explorer")) == {}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_an_exponential_is_the_nearest_number_of_the_format(dtype):
    """Rounding exp in float64 gives what rounding 50 digits gives, for every finite input."""
    numbers = all_numbers(dtype)
    inputs = numbers[(abs(numbers) < 120) & (abs(numbers) > 2.0**-12)][::3]
    ours = nearest(np.exp(inputs), dtype)
    for x, y in zip(inputs, ours, strict=True):
        exact = mpmath.exp(mpmath.mpf(float(x)), prec=160)
        near = float(exact)
        for other in (np.nextafter(near, np.inf), np.nextafter(near, -np.inf)):
            if nearest(np.array([other]), dtype)[0] != y:  # a decision hangs on the last bit
                assert abs(exact - mpmath.mpf(y)) <= abs(exact - mpmath.mpf(other))


@pytest.mark.parametrize("dtype", KINDS)
def test_pytorch_breaks_where_the_explorer_breaks(dtype):
    """PyTorch's own arithmetic: the same inf, nan and 0, and the same digits but for the last."""
    random_scores = random.Random(5)
    kind = getattr(torch, dtype)
    eps = float(torch.finfo(kind).eps)
    for _ in range(300):
        reach = random_scores.choice(list(REACHES))
        step = float(REACHES[reach])
        scores = tuple(
            round(random_scores.randrange(int(-reach / step), int(reach / step) + 1) * step, 2)
            for _ in range(3)
        )
        z = torch.tensor(scores, dtype=torch.float64).to(kind)
        e = torch.exp(z)
        naive = [float(torch.log(e.sum())), *(e / e.sum()).double().tolist()]
        steps = LogSumExpExplorer(scores, "off", dtype, reach).steps()
        ours = [steps.result, *steps.probabilities]
        scale = eps * max(1.0, abs(naive[0]) if math.isfinite(naive[0]) else 1.0)
        tiny = 4 * float(torch.finfo(kind).smallest_normal)
        np.testing.assert_allclose(ours[0], naive[0], rtol=8 * eps, atol=4 * scale)
        np.testing.assert_allclose(ours[1:], naive[1:], rtol=8 * eps, atol=tiny)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_with_log1p_it_is_the_logsumexp_of_the_book(dtype):
    for explorer in SAMPLES:
        form = LogSumExpExplorer(explorer.logits, "log1p", dtype, explorer.reach)
        theirs = logsumexp(np.array(explorer.logits, dtype=dtype))
        assert form.steps().result == pytest.approx(theirs, rel=4 * float(np.finfo(dtype).eps))


def test_a_smaller_range_takes_the_scores_along_and_reset_brings_them_back(explorer_page):
    root = explorer_page(LogSumExpExplorer()._repr_html_()).locator(".explorer")
    root.locator("select[name=reach]").select_option("20")
    assert root.evaluate(STATE)["scores"] == [20, 0, -20]
    assert differences(root) == {}
    root.get_by_role("button", name="Reset").press("Enter")
    assert root.evaluate(STATE)["scores"] == [1000, 0, -1000]
    assert differences(root) == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"shift": True}, "shift: expected 'off', 'on' or 'log1p'"),
        ({"dtype": "int8"}, "dtype: expected 'float16', 'bfloat16', 'float32' or 'float64'"),
        ({"reach": 50}, "reach: expected"),
        ({"logits": (1.0,)}, "logits: expected two to nine scores, got 1"),
        ({"logits": (1.0, 0.5)}, "logits: expected multiples of 1 from -1000 to 1000, got 0.5"),
        ({"logits": (1001, 0)}, "logits: expected multiples of 1"),
        ({"logits": (float("inf"), 0)}, "logits: expected multiples of 1"),
    ],
)
def test_bad_arguments(arguments, words):
    with pytest.raises(ValueError, match=words):
        LogSumExpExplorer(**arguments)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("r(Math.exp(x))", "Math.exp(x)"),
        ("z.map((x) => r(x - m))", "z.map((x) => x - m)"),
        ("r(total + e)", "total + e"),
        ('form === "off" ? log : r(m + log)', "log"),
        ("exponentials.filter((_, i) => i !== top)", "exponentials"),
        ('form === "log1p" ? Math.log1p(sum)', 'form === "log1p" ? Math.log(1 + sum)'),
        ('form === "log1p" ? r(1 + sum)', 'form === "log1p" ? sum'),
        ("below % 2 === 1", "below % 2 === 0"),
        ("2 ** FORMATS[dtype][2]", "2 ** -126"),
    ],
)
def test_a_wrong_script_is_seen(explorer_page, right, wrong):
    html = LogSumExpExplorer((3, -2.15, 1.7), "log1p", "float16", reach=20)._repr_html_()
    assert html.count(right) == 1
    root = explorer_page(html.replace(right, wrong)).locator(".explorer")
    choice = random.Random(1)
    found = []
    for _ in range(25):
        move(root, choice)
        if root.evaluate(STATE)["reach"] != 20:
            root.locator("select[name=reach]").select_option("20")
        root.locator("select[name=dtype]").select_option(choice.choice(["float16", "bfloat16"]))
        found.append(differences(root))
    for name, word in (("reach", "120"), ("dtype", "float64"), ("form", "on, with log1p")):
        root.locator(f"select[name={name}]").select_option(word)
    for slider, score in zip(root.locator("input").all(), (0, -40, -41), strict=True):
        type_value(slider, score)
    found.append(differences(root))
    assert any(found)
