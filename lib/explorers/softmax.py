"""The softmax explorer: scores and a temperature become probabilities, a loss and its gradient."""

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

TEMPERATURES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 20, 50, 100)


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
        check_scores(self.logits, self.names, self.limits)
        check_target(self.target, len(self.logits))
        check_six_digits("temperature", self.temperature)

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
        return fill(
            "softmax.html",
            rows="".join(self._row(i) for i in range(len(self.logits))),
            temperature=stops_slider(
                "temperature T", "temperature", TEMPERATURES, self.temperature
            ),
            true_class=escape(self.names[self.target]),
            loss=f"{loss:.4f}",
            options=options(self.names, self.target),
        )

    def _row(self, i):
        probabilities, _, gradient = self.results()
        is_true = i == self.target
        return fill(
            "softmax_row.html",
            is_true="data-true" * is_true,
            slider=score_slider(self.names[i], self.logits, i, self.limits),
            probability=f"{probabilities[i]:.4f}",
            probability_bar=bar(0, 100 * probabilities[i]),
            label=str(int(is_true)),
            gradient=true_minus(f"{gradient[i]:+.4f}"),
            gradient_bar=bar(50, 50 + 50 * gradient[i] * self.temperature, "explorer-signed"),
        )
