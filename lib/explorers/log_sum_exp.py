"""The log-sum-exp explorer: what becomes of exponentials in four number formats."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..arguments import one_of
from ..softmax import log_softmax, logsumexp
from .frame import Explorer, fill, on_grid, options, quantity, reach_options, slider, true_minus
from .rounding import DTYPES, FORMATS, rounded, smallest_normal

REACHES = {20: "0.05", 120: "0.5", 1000: "1"}  # of the scores, and the sliders' step
LEAST = -690  # exp of less comes near the smallest number of float64
DIGITS = {"float16": 3, "bfloat16": 2, "float32": 7, "float64": 16}
NAMES = {  # of the sum, of its logarithm, of what is added then
    "off": ("sum of the exponentials", "its logarithm", "no shift, nothing to add back"),
    "on": ("sum of the exponentials", "its logarithm", "the largest score, added back"),
    "log1p": (
        "sum without the largest one, which is 1",
        "log1p of it",
        "the largest score, added back",
    ),
}


class Steps(NamedTuple):
    """What a format holds on the way from scores to log-sum-exp."""

    z: list[float]
    m: float
    exponents: list[float]
    exponentials: list[float]
    sum: float
    log: float
    result: float
    probabilities: list[float]


@dataclass(frozen=True)
class LogSumExpExplorer(Explorer):
    """Move scores, choose a number format and the shift; see what overflows and what is lost.

    Formula: log sum_i exp(z_i) as written (`shift` is "off"), m + log sum_i exp(z_i - m) ("on"), or
             m + log1p of the sum without the largest term ("log1p"), m = max(z). Every operation is
             rounded to `dtype`: "float16", "bfloat16", "float32" or "float64".
    Shapes:  two to nine `logits`, on sliders from -reach to reach.
    Units:   nats.
    Errors:  ValueError for a `shift`, `dtype` or `reach` that is not offered, a number of scores
             that is, or a score between two positions of its slider.
    Chapter: 4 The log-sum-exp trick.

    >>> print(LogSumExpExplorer((0, 0), reach=20, dtype="bfloat16").status())
    Log-sum-exp is 0.6914 in bfloat16. Right: no number of the format is nearer the truth.
    """

    logits: tuple[float, ...] = (1000, 0, -1000)
    shift: str = "off"
    dtype: str = "float64"
    reach: int = 1000

    kind = "log-sum-exp"
    title = "Log-sum-exp explorer"
    note = (
        "Every operation is rounded to the chosen format, an exponential as the number of the "
        "format nearest to the true one; a library may end one digit beside. The true values are "
        "those of this book's form in float64, for the scores as the format holds them."
    )
    scripts = (
        "quantity.js",
        "rounding.js",
        "numerics.js",
        "log_sum_exp_numerics.js",
        "log_sum_exp.js",
    )
    styles = ("log_sum_exp.css",)

    def __post_init__(self):
        one_of("shift", self.shift, tuple(NAMES))
        one_of("dtype", self.dtype, DTYPES)
        one_of("reach", self.reach, tuple(REACHES))
        if not 2 <= len(self.logits) <= 9:
            raise ValueError(f"logits: expected two to nine scores, got {len(self.logits)}")
        step = float(REACHES[self.reach])
        for score in self.logits:
            if not (abs(score) <= self.reach and on_grid(score, step)):
                raise ValueError(
                    f"logits: expected multiples of {step:g} from {-self.reach} to {self.reach}, "
                    f"got {score}"
                )

    def steps(self):
        """Return what the format holds on the way."""

        def r(x):
            return rounded(x, self.dtype)

        z = [r(score) for score in self.logits]
        m = max(z)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            exponents = z if self.shift == "off" else [r(x - m) for x in z]
            exponentials = [r(np.exp(x)) for x in exponents]
            total = 0.0
            for i, e in enumerate(exponentials):
                if self.shift != "log1p" or i != z.index(m):
                    total = r(total + e)
            log = r(np.log1p(total) if self.shift == "log1p" else np.log(total))
            result = log if self.shift == "off" else r(m + log)
            whole = r(1 + total) if self.shift == "log1p" else total
            probabilities = [r(np.float64(e) / whole) for e in exponentials]
        return Steps(z, m, exponents, exponentials, total, log, result, probabilities)

    def status(self):
        steps = self.steps()
        words = self._verdict(steps, float(logsumexp(steps.z)))
        return f"Log-sum-exp is {quantity(steps.result)} in {self.dtype}. {words}"

    def _verdict(self, steps, truth):
        """Say what has become of the result, and why."""
        right, result = _true_log_sum_exp(steps.z), steps.result
        if result == math.inf:
            largest = f"exp({_short(max(steps.exponents))})"
            why = largest if math.inf in steps.exponentials else "the sum"
            return (
                f"Overflow: {why} is too large for it, and softmax becomes nan or 0. "
                f"The true value is {right}."
            )
        if result == -math.inf:
            return (
                f"Underflow: every exponential is 0, and softmax 0/0 = nan. "
                f"The true value is {right}."
            )
        if result == rounded(truth, self.dtype):
            return "Right: no number of the format is nearer the truth."
        bits, lowest = FORMATS[self.dtype]
        error, digits = abs(result - truth), DIGITS[self.dtype]
        exponent = max(np.frexp(truth)[1] - 1, lowest)
        if error <= 2.0 ** float(exponent - bits + 2):
            return "Right but for the last digit."
        kept = min(max(math.floor(-math.log10(error / abs(truth))), 0), digits)
        return (
            f"Digits lost: the true value is {right}, and of {digits} digits about {kept} "
            "are right."
        )

    def body(self):
        steps = self.steps()
        sum_name, log_name, back_name = NAMES[self.shift]
        log_probabilities = log_softmax(steps.z)
        return fill(
            "log_sum_exp.html",
            dtype=self.dtype,
            rows="".join(self._row(i, steps, log_p) for i, log_p in enumerate(log_probabilities)),
            forms=options(("off", "on", "on, with log1p"), list(NAMES).index(self.shift)),
            dtypes=options(DTYPES, DTYPES.index(self.dtype)),
            reaches=reach_options(REACHES, self.reach),
            sum_name=sum_name,
            sum=quantity(steps.sum),
            log_name=log_name,
            log=quantity(steps.log),
            back_name=back_name,
            back="–" if self.shift == "off" else quantity(steps.m),
            result=quantity(steps.result),
            truth=_true_log_sum_exp(steps.z),
        )

    def _row(self, i, steps, log_probability):
        step = REACHES[self.reach]
        digits = len(step.partition(".")[2])
        low, high, value = (f"{x:.{digits}f}" for x in (-self.reach, self.reach, self.logits[i]))
        label = "z" + "₁₂₃₄₅₆₇₈₉"[i]
        return fill(
            "log_sum_exp_row.html",
            slider=slider(label, "score", low, high, value, true_minus(value), step=step),
            exponent=_short(steps.exponents[i]),
            exponential=quantity(steps.exponentials[i]),
            fault=self._fault(steps.exponentials[i]),
            probability=quantity(steps.probabilities[i]),
            true_probability=_quantity_of_exp(log_probability),
        )

    def _fault(self, exponential):
        """Say in a word what is wrong with an exponential, if anything."""
        if exponential == math.inf:
            return "overflow"
        if exponential == 0:
            return "underflow"
        return "subnormal" if exponential < smallest_normal(self.dtype) else ""


def _short(x):
    """Return x with four decimals or fewer."""
    return true_minus(f"{x:.4f}".rstrip("0").rstrip("."))


def _true_log_sum_exp(z):
    """Return log-sum-exp in words, also if it is too small for float64."""
    m = max(z)
    others = list(z)
    others.remove(m)
    if m == 0 and max(others) < LEAST:
        return _quantity_of_exp(logsumexp(others))  # log(1 + x) is x
    return quantity(logsumexp(z))


def _quantity_of_exp(x):
    """Return exp(x) in words, also if it is too small for float64.

    >>> _quantity_of_exp(-1000.0)
    '5.076e−435'
    """
    if x > LEAST:
        return quantity(math.exp(x))
    tens = x / math.log(10)
    return true_minus(f"{10 ** (tens - math.floor(tens)):.3f}e{math.floor(tens)}")
