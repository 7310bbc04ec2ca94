"""What every explorer is made of: the frame, sliders, bars, and numbers as the page writes them."""

import math
import operator
from html import escape
from importlib import resources
from string import Template

BOOK = __package__.partition(".")[0]  # the package that holds explorer_assets/


class Explorer:
    """The frame of every explorer: style, title, controls, a sentence for the result, the scripts.

    A subclass says what it is (`kind`, `title`, `scripts`, its own `styles` if it has any, and a
    `note` on how to read it), writes `body()`, the HTML between title and result, and `status()`,
    the result in a sentence. Its last script calls `startExplorers`.
    """

    kind: str
    title: str
    note: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...] = ()

    def _repr_html_(self):
        return fill(
            "frame.html",
            kind=self.kind,
            title=self.title,
            css="".join(asset(name) for name in ("explorer.css", *self.styles)),
            body=self.body(),
            status=escape(self.status()),
            note=self.note,
            script="\n".join(asset(name) for name in ("frame.js", *self.scripts)),
        )


def slider(label, name, minimum, maximum, value, text, *, step=1, stops=()):
    """Return a labelled slider with its value in words; `stops` lists what its positions mean."""
    return fill(
        "slider.html",
        label=escape(label),
        name=name,
        minimum=minimum,
        maximum=maximum,
        step=step,
        value=value,
        text=text,
        stops=f'data-stops="{" ".join(stops)}"' * bool(stops),
    )


def stops_slider(label, name, stops, value):
    """Return a slider over the numbers in `stops` and `value`, which it shows as they are."""
    texts = [f"{stop:g}" for stop in sorted({*stops, value})]
    position = texts.index(f"{value:g}")
    return slider(label, name, 0, len(texts) - 1, position, f"{value:g}", stops=texts)


def score_slider(label, scores, i, limits, text=None):
    """Return the slider for one of several scores; all have as many decimals as any needs.

    `text` is the value in words, where it is not that number.
    """
    digits = max(_decimals_of(score) for score in (*scores, *limits))
    low, high, score = (f"{x:.{digits}f}" for x in (*limits, scores[i]))
    step = f"{10.0**-digits:.{digits}f}"
    return slider(label, "score", low, high, score, true_minus(text or score), step=step)


def options(names, selected):
    """Return the options of a choice between `names`; `selected` is the index of the first one."""
    return "".join(
        f"<option{' selected' * (i == selected)}>{escape(name)}</option>"
        for i, name in enumerate(names)
    )


def reach_options(reaches, selected):
    """Return the options of a choice between ranges from -reach to reach, each with its step."""
    return "".join(
        f'<option value="{reach}" data-step="{step}"{" selected" * (reach == selected)}>'
        f"−{reach} to {reach}</option>"
        for reach, step in reaches.items()
    )


def bar(start, end, scale=""):
    """Return a bar between two positions, given in percent of its track."""
    left, width = min(start, end), abs(end - start)
    return fill("bar.html", scale=scale, left=f"{left:.2f}", width=f"{width:.2f}")


def true_minus(number):
    """Return a formatted number with the minus sign of typography in place of the hyphen.

    >>> true_minus(f"{-0.5:.4f}")
    '−0.5000'
    """
    return number.replace("-", "−")


def quantity(x, plus=""):
    """Return x with four digits after the point, or as a power of ten where those say nothing.

    `plus` is the sign of a positive number.

    >>> quantity(-2.5), quantity(4.248354e-18), quantity(0.0), quantity(math.inf, plus="+")
    ('−2.5000', '4.248e−18', '0', '+inf')
    """
    sign = plus if x > 0 else ""
    if x == 0:
        return "0"
    if not math.isfinite(x) or 1e-3 <= abs(x) < 1e6:
        return sign + true_minus(f"{x:.4f}")
    digits, exponent = f"{x:.3e}".split("e")
    return sign + true_minus(f"{digits}e{int(exponent)}")


def check_scores(logits, names, limits):
    """Raise a ValueError unless every score has a name and a place on its slider."""
    low, high = limits
    if not low < high:
        raise ValueError(f"limits: expected (low, high) with low < high, got {limits}")
    if len(logits) < 2:
        raise ValueError(f"logits: expected at least two scores, got {len(logits)}")
    for score in (*logits, *limits):
        if not (math.isfinite(score) and round(score, 2) == score):
            raise ValueError(f"logits, limits: at most two decimals, got {score}")
    if not all(low <= score <= high for score in logits):
        raise ValueError(f"logits: {logits} do not lie within the limits {limits}")
    check_names(names, len(logits), "score")


def check_names(names, number, what):
    """Raise a ValueError unless there are as many different names as there are things to name."""
    if len(names) != number or len(set(names)) != len(names):
        raise ValueError(f"names: expected {number} different names, one per {what}, got {names}")


def check_target(target, number):
    """Raise an IndexError unless `target` is one of so many classes, a TypeError if no integer."""
    if not 0 <= operator.index(target) < number:
        raise IndexError(f"target: class {target} is outside 0..{number - 1}")


def on_grid(x, step):
    """Return whether x is a multiple of the step, but for the rounding of decimals."""
    return math.isfinite(x) and math.isclose(round(x / step) * step, x, abs_tol=1e-12)


def check_six_digits(name, value):
    """Raise a ValueError unless `value` is positive and `:g` writes it in full."""
    if not 0 < value < math.inf or float(f"{value:g}") != value:
        raise ValueError(f"{name}: expected a positive number of at most six digits, got {value}")


def fill(template, **values):
    """Return the HTML of a template with its gaps filled."""
    return Template(asset(template)).substitute(values)


def _decimals_of(score):
    """Return how many decimals a score's slider needs: one, or two for a score like 0.25."""
    return 1 if round(score, 1) == score else 2


def asset(name):
    return resources.files(BOOK).joinpath("explorer_assets", name).read_text("utf-8")
