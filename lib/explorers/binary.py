"""The binary explorer: the loss of one yes-or-no score, and where its naive twin breaks."""

import math
from dataclasses import dataclass

import numpy as np

from ..arguments import one_of
from ..binary import binary_cross_entropy_with_logits, binary_cross_entropy_with_logits_grad
from .frame import (
    Explorer,
    check_six_digits,
    fill,
    on_grid,
    options,
    quantity,
    reach_options,
    slider,
    stops_slider,
    true_minus,
)
from .rounding import rounded

REACHES = {5: "0.01", 20: "0.05", 40: "0.1", 120: "0.5", 800: "1"}  # of z, and the slider's step
WEIGHTS = (0.1, 0.2, 0.5, 1, 2, 3, 5, 10)
DTYPES = ("float32", "float64")
POINTS = 100  # pieces of a curve


@dataclass(frozen=True)
class BinaryExplorer(Explorer):
    """Move score, target and weight of a yes; see the loss, its gradient, and the naive form break.

    Formula: loss = w y softplus(-z) + (1 - y) softplus(z); the naive form takes p = 1/(1 + exp(-z))
             first and then -w y log p - (1 - y) log(1 - p), every operation in `dtype`.
    Shapes:  one score `logit` on the slider from -reach to reach, one `target`, one `pos_weight` w.
    Units:   nats.
    Errors:  ValueError for a `reach` or `dtype` that is not offered, a score or target between two
             positions of its slider, or a weight that is not positive.
    Chapter: 7 Binary cross-entropy with logits.

    >>> print(BinaryExplorer(2.0, target=1).status())
    The loss is 0.1269 nats. The naive form agrees.
    """

    logit: float = 20.0
    target: float = 0.0
    pos_weight: float = 1.0
    dtype: str = "float32"
    reach: int = 40

    kind = "binary"
    title = "Binary cross-entropy explorer"
    note = (
        "<i>y</i> is the share of yes in the answer, <i>w</i> (<code>pos_weight</code>) what a yes "
        "counts. In the naive form every operation is rounded to the chosen format."
    )
    scripts = ("quantity.js", "rounding.js", "binary_numerics.js", "binary.js")
    styles = ("binary.css",)

    def __post_init__(self):
        one_of("reach", self.reach, tuple(REACHES))
        one_of("dtype", self.dtype, DTYPES)
        step = float(REACHES[self.reach])
        if not (abs(self.logit) <= self.reach and on_grid(self.logit, step)):
            raise ValueError(
                f"logit: expected a multiple of {step:g} from {-self.reach} to {self.reach}, "
                f"got {self.logit}"
            )
        if not (0 <= self.target <= 1 and on_grid(self.target, 0.05)):
            raise ValueError(f"target: expected a multiple of 0.05 from 0 to 1, got {self.target}")
        check_six_digits("pos_weight", self.pos_weight)

    def loss(self, z):
        """Return the loss of the score z in the book's own form."""
        return float(binary_cross_entropy_with_logits(z, self.target, pos_weight=self.pos_weight))

    def naive(self, z):
        """Return p, 1 - p and the loss in the textbook's form, every operation in `dtype`."""

        def r(number):
            return rounded(number, self.dtype)

        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            p = r(1 / r(1 + r(np.exp(-np.float64(z)))))
            rest = r(1 - p)
            y, w = r(self.target), self.pos_weight
            yes = r(w * y) * np.float64(r(np.log(np.float64(p))))
            no = r(1 - y) * np.float64(r(np.log(np.float64(rest))))
            return p, rest, r(-r(r(yes) + r(no)))

    def status(self):
        z = rounded(self.logit, self.dtype)
        return f"The loss is {quantity(self.loss(z))} nats. {self._verdict(z)}"

    def _verdict(self, z):
        """Say what has become of the naive form, and why."""
        naive = self.naive(z)[2]
        if not math.isfinite(naive):
            why = "p rounds to 1 and 1 − p is 0" if z > 0 else "exp(−z) overflows and p is 0"
            more = ", and 0 · (−inf) is nan" * math.isnan(naive)
            return (
                f"The naive form gives {quantity(naive)}: in {self.dtype} {why}, "
                f"with logarithm −inf{more}."
            )
        if abs(naive - self.loss(z)) <= 1e-4 * self.loss(z):
            return "The naive form agrees."
        number, other = ("p", "1 − p") if z > 0 else ("1 − p", "p")
        return (
            f"The naive form gives {quantity(naive)}: in {self.dtype} {number} is so near 1 that "
            f"rounding takes the digits of {other}."
        )

    def body(self):
        z = rounded(self.logit, self.dtype)
        p, rest, naive = self.naive(z)
        gradient = binary_cross_entropy_with_logits_grad(z, self.target, pos_weight=self.pos_weight)
        top = max(self.loss(-self.reach), self.loss(self.reach))
        scores = [self.reach * (2 * i - POINTS) / POINTS for i in range(POINTS + 1)]
        losses = [self.loss(score) for score in scores]
        naive_losses = [self.naive(rounded(score, self.dtype))[2] for score in scores]
        return fill(
            "binary.html",
            logit=self._logit_slider(),
            target=slider(
                "target y", "target", 0, 1, f"{self.target:.2f}", f"{self.target:.2f}", step="0.05"
            ),
            weight=stops_slider("weight of a yes, w", "weight", WEIGHTS, self.pos_weight),
            reaches=reach_options(REACHES, self.reach),
            dtypes=options(DTYPES, DTYPES.index(self.dtype)),
            top=quantity(top),
            low=f"−{self.reach}",
            high=self.reach,
            curve=_path(losses, top),
            naive_curve=_path(naive_losses, top),
            broken="".join(
                f"M{i - 0.5:g},0h1v100h-1z"
                for i, loss in enumerate(naive_losses)
                if not math.isfinite(loss)
            ),
            left=f"{50 + 50 * z / self.reach:.2f}",
            height=f"{100 - 100 * self.loss(z) / top:.2f}",
            loss=quantity(self.loss(z)),
            naive=quantity(naive),
            probability=quantity(p),
            rest=quantity(rest),
            gradient=quantity(gradient),
        )

    def _logit_slider(self):
        step = REACHES[self.reach]
        digits = len(step.partition(".")[2])
        low, high, value = (f"{x:.{digits}f}" for x in (-self.reach, self.reach, self.logit))
        return slider("score z", "logit", low, high, value, true_minus(value), step=step)


def _path(losses, top):
    """Return the SVG path of a curve 100 wide and 100 high; where it is not finite it has a gap."""
    path, drawing = "", False
    for i, loss in enumerate(losses):
        if math.isfinite(loss):
            height = min(max(100 - 100 * loss / top, 0), 100)
            path += f"{'L' if drawing else 'M'}{i},{height:.2f}"
        drawing = math.isfinite(loss)
    return path
