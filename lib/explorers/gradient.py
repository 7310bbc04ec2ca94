"""The gradient explorer: scores and a true class push the scores to where they cost less."""

from dataclasses import dataclass
from html import escape

import numpy as np

from ..losses import softmax_cross_entropy, softmax_cross_entropy_grad
from ..softmax import softmax
from .frame import (
    Explorer,
    bar,
    check_scores,
    check_six_digits,
    check_target,
    fill,
    options,
    score_slider,
    stops_slider,
    true_minus,
)

RATES = (0.1, 0.2, 0.5, 1, 2, 5, 10)


@dataclass(frozen=True)
class GradientExplorer(Explorer):
    """Move scores, pick the true class; see p - y as arrows, and take steps of gradient descent.

    Formula: gradient p - y, p = softmax(z); a step replaces z by z - rate (p - y).
    Shapes:  `logits` and `names` have one entry per class; `target` is the index of the true class.
    Units:   nats. `limits` are the ends of the score sliders; scores have at most two decimals.
    Errors:  ValueError for a number of names, a score, a rate or limits that do not fit,
             TypeError or IndexError for a target that is no class.
    Chapter: 6 The gradient.

    >>> print(GradientExplorer(rate=0.5).status())
    True class dog costs 0.4644 nats. A step with rate 0.5 moves dog up and makes that 0.3681.
    """

    logits: tuple[float, ...] = (1.0, 2.0, 0.5)
    names: tuple[str, ...] = ("cat", "dog", "bird")
    target: int = 1
    rate: float = 1.0
    limits: tuple[float, float] = (-4.0, 4.0)

    kind = "gradient"
    title = "Gradient explorer"
    note = (
        "An arrow is <i>p</i> − <i>y</i> against its sign; at full length, to the edge, it is 1. "
        "Only the true class goes up: what it gains, the others lose. A step moves each score by "
        "the learning rate times its arrow, past the end of its slider if need be."
    )
    scripts = ("numerics.js", "gradient.js")
    styles = ("gradient.css",)

    def __post_init__(self):
        check_scores(self.logits, self.names, self.limits)
        check_target(self.target, len(self.logits))
        check_six_digits("rate", self.rate)

    def results(self):
        """Return scores, probabilities, gradient, and the scores after a step of it."""
        z = np.array(self.logits, dtype=np.float64)
        gradient = softmax_cross_entropy_grad(z, self.target)
        return z, softmax(z), gradient, z - self.rate * gradient

    def losses(self):
        """Return the loss before and after the step."""
        z, _, _, after = self.results()
        return (float(softmax_cross_entropy(scores, self.target)) for scores in (z, after))

    def status(self):
        name = self.names[self.target]
        loss, next_loss = self.losses()
        return (
            f"True class {name} costs {loss:.4f} nats. "
            f"A step with rate {self.rate:g} moves {name} up and makes that {next_loss:.4f}."
        )

    def body(self):
        _, probabilities, gradient, _ = self.results()
        loss, next_loss = self.losses()
        return fill(
            "gradient.html",
            rows="".join(self._row(i) for i in range(len(self.logits))),
            total_probability=f"{probabilities.sum():.4f}",
            total_gradient=f"{abs(gradient.sum()):.4f}",  # 0 but for rounding, without its sign
            rate=stops_slider("learning rate", "rate", RATES, self.rate),
            options=options(self.names, self.target),
            true_class=escape(self.names[self.target]),
            loss=f"{loss:.4f}",
            next_loss=f"{next_loss:.4f}",
            size=f"{abs(gradient).sum():.4f}",
        )

    def _row(self, i):
        z, probabilities, gradient, after = self.results()
        is_true = i == self.target
        return fill(
            "gradient_row.html",
            is_true="data-true" * is_true,
            slider=score_slider(self.names[i], self.logits, i, self.limits, f"{z[i]:.4f}"),
            way="up" if is_true else "down",
            left=f"{min(50, 50 - 50 * gradient[i]):.2f}",
            width=f"{50 * abs(gradient[i]):.2f}",
            next=true_minus(f"{after[i]:.4f}"),
            probability=f"{probabilities[i]:.4f}",
            probability_bar=bar(0, 100 * probabilities[i]),
            label=str(int(is_true)),
            gradient=true_minus(f"{gradient[i]:+.4f}"),
        )
