"""The KL explorer: two distributions to shape, and how far the one is from the other."""

import math
from dataclasses import dataclass
from html import escape

import numpy as np

from ..information import cross_entropy, entropy, kl_divergence, xlogy
from .frame import Explorer, bar, check_names, fill, quantity, slider


@dataclass(frozen=True)
class KLExplorer(Explorer):
    """Shape two distributions P and Q; see both divergences and what each outcome brings in.

    Formula: D(P || Q) = sum_i p_i ln(p_i / q_i) = H(P, Q) - H(P).
    Shapes:  `p`, `q` and `names` have one entry per outcome, at least two. The sliders set weights,
             100 p and 100 q to begin with; probabilities are weights divided by their sum.
    Units:   nats.
    Errors:  ValueError for a number of names that does not fit, an entry that is no multiple of
             0.01 between 0 and 1, or a sum that is not 1.
    Chapter: 2 Entropy, cross-entropy, KL.

    >>> print(KLExplorer().status())
    D(P‖Q) is 0.3653 nats, D(Q‖P) 0.3961; snow adds most to D(P‖Q), 0.3296.
    """

    p: tuple[float, ...] = (0.2, 0.5, 0.3)
    q: tuple[float, ...] = (0.6, 0.3, 0.1)
    names: tuple[str, ...] = ("sun", "rain", "snow")

    kind = "kl"
    title = "KL explorer"
    note = (
        "Bars of shares reach the edge at 1 nat. A share is negative where <i>Q</i> expects more "
        "than <i>P</i> has; the sum never is. What <i>P</i> never has costs nothing, what only "
        "<i>Q</i> rules out costs inf."
    )
    scripts = ("quantity.js", "information.js", "kl.js")
    styles = ("kl.css",)

    def __post_init__(self):
        if len(self.p) < 2:
            raise ValueError(f"p: expected at least two outcomes, got {len(self.p)}")
        if len(self.q) != len(self.p):
            raise ValueError(f"q: expected {len(self.p)} probabilities, as many as p, got {self.q}")
        for name, distribution in (("p", self.p), ("q", self.q)):
            if not all(0 <= x <= 1 and round(x, 2) == x for x in distribution):
                raise ValueError(f"{name}: expected multiples of 0.01, 0 to 1, got {distribution}")
            if sum(_weights(distribution)) != 100:
                raise ValueError(f"{name}: probabilities must sum to 1, got {distribution}")
        check_names(self.names, len(self.p), "outcome")

    def shares(self):
        """Return what each outcome brings into D(P || Q); some may be negative."""
        p, q = np.array(self.p, dtype=float), np.array(self.q, dtype=float)
        ratio = np.divide(p, q, out=np.full_like(p, np.inf), where=q > 0)
        return xlogy(p, ratio)

    def status(self):
        forward, backward = kl_divergence(self.p, self.q), kl_divergence(self.q, self.p)
        both = f"D(P‖Q) is {quantity(forward)} nats, D(Q‖P) {quantity(backward)}"
        if math.isinf(forward):
            return f"{both}: Q rules out what P has, {self._ruled_out(self.p, self.q)}."
        if math.isinf(backward):
            return f"{both}: P rules out what Q has, {self._ruled_out(self.q, self.p)}."
        if forward == 0:
            return f"{both}: P and Q are equal."
        shares = self.shares()
        most = shares.argmax()
        return f"{both}; {self.names[most]} adds most to D(P‖Q), {quantity(shares[most])}."

    def _ruled_out(self, x, y):
        """Return the names of the outcomes that x has and y has not."""
        entries = zip(self.names, x, y, strict=True)
        return ", ".join(name for name, ours, theirs in entries if ours > 0 and theirs == 0)

    def body(self):
        return fill(
            "kl.html",
            rows="".join(self._row(i) for i in range(len(self.p))),
            forward=quantity(kl_divergence(self.p, self.q)),
            backward=quantity(kl_divergence(self.q, self.p)),
            entropy=quantity(entropy(self.p)),
            cross_entropy=quantity(cross_entropy(self.p, self.q)),
        )

    def _row(self, i):
        share = self.shares()[i]
        sliders = [
            slider(label, name, 0, 100, weights[i], weights[i])
            for label, name, weights in (
                (f"{self.names[i]}, P", "p", _weights(self.p)),
                (f"{self.names[i]}, Q", "q", _weights(self.q)),
            )
        ]
        return fill(
            "kl_row.html",
            name=escape(self.names[i]),
            sliders="".join(sliders),
            p=f"{self.p[i]:.4f}",
            p_bar=bar(0, 100 * self.p[i]),
            q=f"{self.q[i]:.4f}",
            q_bar=bar(0, 100 * self.q[i]),
            sign="minus" if share < 0 else "plus",
            share=quantity(share, plus="+"),
            share_bar=bar(50, 50 + 50 * min(share, 1), "explorer-signed"),
        )


def _weights(distribution):
    """Return probabilities as whole percentages."""
    return [round(100 * x) for x in distribution]
