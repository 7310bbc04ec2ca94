"""Interactive figures that need no kernel: HTML, CSS and JavaScript from `_repr_html_`.

Python writes the first state with `lib`, so that the stored output is right where no script runs;
in the page, `explorer_assets/` takes over. The output has no ids and no state but the values of its
controls: the same parameters give the same bytes, and figures on one page share nothing.
"""

import math
import operator
from dataclasses import dataclass
from html import escape
from importlib import resources
from string import Template

import numpy as np

from .losses import softmax_cross_entropy, softmax_cross_entropy_grad
from .softmax import softmax

TEMPERATURES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 20, 50, 100)


class Explorer:
    """The frame of every explorer: style, title, controls, a sentence for the result, the scripts.

    A subclass says what it is (`kind`, `title`, `scripts`, and a `note` on how to read it), writes
    `body()`, the HTML between title and result, and `status()`, the result in a sentence. Its last
    script calls `startExplorers`.
    """

    kind: str
    title: str
    note: str
    scripts: tuple[str, ...]

    def _repr_html_(self):
        return _fill(
            "frame.html",
            kind=self.kind,
            title=self.title,
            css=_asset("explorer.css"),
            body=self.body(),
            status=escape(self.status()),
            note=self.note,
            script="\n".join(_asset(name) for name in ("frame.js", *self.scripts)),
        )


@dataclass(frozen=True)
class SoftmaxExplorer(Explorer):
    """Move scores and temperature, pick the true class; see probabilities, loss and gradient.

    Formula: p = softmax(z / T), loss = -ln p_target, gradient by the scores z: (p - y) / T.
    Shapes:  `logits` and `names` have one entry per class; `target` is the index of the true class.
    Units:   nats. `limits` are the ends of the score sliders; scores have at most two decimals.
    Errors:  ValueError for a number of names, a score, a temperature or limits that do not fit,
             TypeError or IndexError for a target that is no class.
    Chapter: 3 Softmax.

    >>> print(SoftmaxExplorer(logits=(1.0, 2.0, 0.5), target=1).status())
    dog has probability 0.6285; true class dog costs 0.4644 nats.
    """

    logits: tuple[float, ...] = (1.0, 2.0, 0.5)
    names: tuple[str, ...] = ("cat", "dog", "bird")
    target: int = 0
    temperature: float = 1.0
    limits: tuple[float, float] = (-5.0, 5.0)

    kind = "softmax"
    title = "Softmax explorer"
    note = (
        "Gradient descent moves each score against the sign of its gradient: the true class up, "
        "the others down. A gradient bar reaches the edge at 1/<i>T</i>."
    )
    scripts = ("numerics.js", "softmax.js")

    def __post_init__(self):
        low, high = self.limits
        if not low < high:
            raise ValueError(f"limits: expected (low, high) with low < high, got {self.limits}")
        if len(self.logits) < 2:
            raise ValueError(f"logits: expected at least two scores, got {len(self.logits)}")
        for score in (*self.logits, *self.limits):
            if not (math.isfinite(score) and round(score, 2) == score):
                raise ValueError(f"logits, limits: at most two decimals, got {score}")
        if not all(low <= score <= high for score in self.logits):
            raise ValueError(f"logits: {self.logits} do not lie within the limits {self.limits}")
        if len(self.names) != len(self.logits) or len(set(self.names)) != len(self.names):
            raise ValueError(
                f"names: expected {len(self.logits)} different names, one per score, "
                f"got {self.names}"
            )
        if not 0 <= operator.index(self.target) < len(self.logits):
            raise IndexError(f"target: class {self.target} is outside 0..{len(self.logits) - 1}")
        if (
            not 0 < self.temperature < math.inf
            or float(f"{self.temperature:g}") != self.temperature
        ):
            raise ValueError(
                "temperature: expected a positive number of at most six digits, "
                f"got {self.temperature}"
            )

    def results(self):
        """Return probabilities, loss and gradient by the scores, as `lib` computes them."""
        z = np.array(self.logits, dtype=np.float64) / self.temperature
        gradient = softmax_cross_entropy_grad(z, self.target) / self.temperature
        return softmax(z), softmax_cross_entropy(z, self.target), gradient

    def status(self):
        probabilities, loss, _ = self.results()
        name = self.names[self.target]
        return (
            f"{name} has probability {probabilities[self.target]:.4f}; "
            f"true class {name} costs {loss:.4f} nats."
        )

    def body(self):
        _, loss, _ = self.results()
        return _fill(
            "softmax.html",
            rows="".join(self._row(i) for i in range(len(self.logits))),
            temperature=self._temperature_slider(),
            true_class=escape(self.names[self.target]),
            loss=f"{loss:.4f}",
            options="".join(
                f"<option{' selected' * (i == self.target)}>{escape(name)}</option>"
                for i, name in enumerate(self.names)
            ),
        )

    def _row(self, i):
        probabilities, _, gradient = self.results()
        is_true = i == self.target
        return _fill(
            "softmax_row.html",
            is_true="data-true" * is_true,
            slider=self._score_slider(i),
            probability=f"{probabilities[i]:.4f}",
            probability_bar=bar(0, 100 * probabilities[i]),
            label=str(int(is_true)),
            gradient=true_minus(f"{gradient[i]:+.4f}"),
            gradient_bar=bar(50, 50 + 50 * gradient[i] * self.temperature, "explorer-signed"),
        )

    def _score_slider(self, i):
        digits = max(decimals_of(score) for score in (*self.logits, *self.limits))
        low, high, score = (f"{x:.{digits}f}" for x in (*self.limits, self.logits[i]))
        step = f"{10.0**-digits:.{digits}f}"
        return slider(self.names[i], "score", low, high, score, true_minus(score), step=step)

    def _temperature_slider(self):
        stops = [f"{t:g}" for t in sorted({*TEMPERATURES, self.temperature})]
        text = f"{self.temperature:g}"
        last = len(stops) - 1
        return slider("temperature T", "temperature", 0, last, stops.index(text), text, stops=stops)


def slider(label, name, minimum, maximum, value, text, *, step=1, stops=()):
    """Return a labelled slider with its value in words; `stops` lists what its positions mean."""
    return _fill(
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


def bar(start, end, scale=""):
    """Return a bar between two positions, given in percent of its track."""
    left, width = min(start, end), abs(end - start)
    return _fill("bar.html", scale=scale, left=f"{left:.2f}", width=f"{width:.2f}")


def true_minus(number):
    """Return a formatted number with the minus sign of typography in place of the hyphen.

    >>> true_minus(f"{-0.5:.4f}")
    '−0.5000'
    """
    return number.replace("-", "−")


def decimals_of(score):
    """Return how many decimals a score's slider needs: one, or two for a score like 0.25."""
    return 1 if round(score, 1) == score else 2


def _fill(template, **values):
    return Template(_asset(template)).substitute(values)


def _asset(name):
    return resources.files(__package__).joinpath("explorer_assets", name).read_text("utf-8")
