"""How surprising, how uncertain, how costly: the quantities of information theory."""

import math

import numpy as np

from .arguments import class_axes, distribution, float_array, probabilities
from .arrays import sum_along


def xlogy(x, y):
    r"""Return x log y, with 0 log y = 0 for every y, also for y = 0.

    Formula: x ln y; the limit x ln x -> 0 makes 0 ln 0 = 0, where floating point gives nan.
    Shapes:  any that broadcast. Units: nats.
    Errors:  TypeError if an argument is not real.
    Chapter: 2 Entropy, cross-entropy, KL. Source: Shannon (1948), Bell Syst. Tech. J. 27.

    >>> xlogy([0.0, 2.0], [0.0, 1.0])
    array([0., 0.])
    """
    x, y = float_array("x", x), float_array("y", y)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # log 0 where x is 0, too
        return np.where((x == 0) & ~np.isnan(y), 0, x * np.log(y))[()]


def surprisal(p, base=None):
    r"""Return how surprising an outcome of probability p is.

    Formula: -log p.
    Shapes:  any, elementwise. Units: nats, or logarithms of `base`; float32 and float64 are kept.
    Limits:  a certain outcome has surprisal 0, an impossible one inf.
    Errors:  TypeError if `p` is not real; ValueError for an entry outside [0, 1] or a `base` that
             is no number above 1.
    Chapter: 2 Entropy, cross-entropy, KL. Source: Shannon (1948), Bell Syst. Tech. J. 27.

    >>> surprisal([1.0, 0.5, 0.125], base=2)
    array([0., 1., 3.])
    """
    with np.errstate(divide="ignore"):  # log 0: the impossible surprises without limit
        return _in_units(0 - np.log(probabilities("p", p)), base)


def entropy(p, axis=-1, base=None):
    r"""Return the mean surprise of a distribution about itself.

    Formula: H(P) = -sum_i p_i log p_i.
    Shapes:  `axis` (int, tuple, None) is summed away. Units: nats, or logarithms of `base`.
    Errors:  ValueError if `p` has an entry outside [0, 1] or does not sum to 1, or if `base` is
             no number above 1.
    Chapter: 2 Entropy, cross-entropy, KL. Source: Shannon (1948), Bell Syst. Tech. J. 27.

    >>> float(entropy([0.5, 0.5], base=2))
    1.0
    """
    return cross_entropy(p, p, axis=axis, base=base)


def cross_entropy(p, q, axis=-1, base=None):
    r"""Return the mean surprise of a model Q about outcomes that follow P.

    Formula: H(P, Q) = -sum_i p_i log q_i.
    Shapes:  `p` and `q` of one shape; `axis` (int, tuple, None) is summed away.
    Units:   nats, or logarithms of `base`. Limits: p_i > 0 where q_i = 0 costs inf.
    Errors:  ValueError for different shapes, an entry outside [0, 1], a sum that is not 1, or a
             `base` that is no number above 1.
    Chapter: 2 Entropy, cross-entropy, KL. Source: Good (1952), J. R. Stat. Soc. B 14.

    >>> float(cross_entropy([0.5, 0.5], [0.25, 0.75], base=2).round(4))
    1.2075
    """
    p, q = _pair(p, q, axis)
    return _in_units(sum_along(-xlogy(p, q), axis), base)


def kl_divergence(p, q, axis=-1, base=None):
    r"""Return what a model Q costs beyond the entropy of P: the surprise that knowing P would save.

    Formula: D(P || Q) = sum_i p_i log(p_i / q_i) = sum_i [p_i log(p_i / q_i) - p_i + q_i], as p
             and q sum to 1. In the second sum no term is negative, so that nothing cancels, and
             nearly equal distributions keep their digits; it is the one computed.
    Shapes:  `p` and `q` of one shape; `axis` (int, tuple, None) is summed away.
    Units:   nats, or logarithms of `base`. float32 and float64 are kept.
    Limits:  0 for equal distributions, never negative; p_i > 0 where q_i = 0 costs inf, p_i = 0
             costs nothing.
    Errors:  ValueError for different shapes, an entry outside [0, 1], a sum that is not 1, or a
             `base` that is no number above 1.
    Chapter: 2 Entropy, cross-entropy, KL. Source: Kullback, Leibler (1951), Ann. Math. Stat. 22.

    >>> print(f"{kl_divergence([0.5, 0.5], [0.25, 0.75], base=2):.4f}")
    0.2075
    >>> print(f"{kl_divergence([0.5, 0.5], [0.5 + 1e-9, 0.5 - 1e-9]):.3g}")  # 2e-18, not 0
    2e-18
    """
    p, q = _pair(p, q, axis)
    return _in_units(sum_along(_excess(p, q, p - q, _log_ratio(p, q)), axis), base)


def js_divergence(p, q, axis=-1, base=None):
    r"""Return how far two distributions are from their middle: a KL divergence with a limit.

    Formula: JS(P, Q) = D(P || M) / 2 + D(Q || M) / 2, M = (P + Q) / 2, computed as the mean under M
             of [(p/m) log(p/m) + (q/m) log(q/m)] / 2, which lies between 0 and log 2.
    Shapes:  `p` and `q` of one shape; `axis` (int, tuple, None) is summed away.
    Units:   nats, or logarithms of `base`. float32 and float64 are kept.
    Limits:  0 for equal distributions, never negative; log 2 for distributions without a common
             outcome, never more.
    Errors:  ValueError for different shapes, an entry outside [0, 1], a sum that is not 1, or a
             `base` that is no number above 1.
    Chapter: 2 Entropy, cross-entropy, KL. Source: Lin (1991), IEEE Trans. Inf. Theory 37.

    >>> float(js_divergence([1.0, 0.0], [0.0, 1.0], base=2))
    1.0
    """
    p, q = _pair(p, q, axis)
    m = (p + q) / 2
    one_if_none = np.where(m == 0, 1, m)
    p, q, s = p / one_if_none, q / one_if_none, (p - q) / 2 / one_if_none
    with np.errstate(divide="ignore"):  # log 0 where one of the two is 0
        nats = (_excess(p, 1, s, np.log(p)) + _excess(q, 1, -s, np.log(q))) / 2
    # A mean of shares of log 2, divided by its own weights, ends at log 2 and not a digit beside.
    share = sum_along(m * (nats / math.log(2)), axis) / sum_along(m, axis)
    return _in_units(share * math.log(2), base)


def mutual_information(joint, axis=(-2, -1), base=None):
    r"""Return what one of two variables tells about the other: how far they are from independent.

    Formula: I(X; Y) = D(P(x, y) || P(x) P(y)) = sum_xy p_xy log(p_xy / (p_x p_y)).
    Shapes:  `joint` has one axis for x and one for y; the two in `axis` are summed away.
    Units:   nats, or logarithms of `base`. float32 and float64 are kept.
    Limits:  0 for independent variables, never negative.
    Errors:  ValueError if `axis` does not name two different axes, `joint` has an entry outside
             [0, 1] or does not sum to 1 over both, or `base` is no number above 1.
    Chapter: 2 Entropy, cross-entropy, KL. Source: Shannon (1948), Bell Syst. Tech. J. 27.

    >>> print(f"{mutual_information([[0.5, 0.0], [0.0, 0.5]], base=2):.4f}")  # one tells the other
    1.0000
    """
    joint = float_array("joint", joint)
    axes = class_axes(joint, axis)
    if len(axes) != 2:
        raise ValueError(f"axis: expected two axes, one for x and one for y, got {axis}")
    p = distribution("joint", joint, axis)
    x, y = (np.expand_dims(sum_along(p, other), other) for other in axes[::-1])
    y = y / np.expand_dims(sum_along(p, axes), axes)  # p need not sum to 1 to the last digit
    with np.errstate(invalid="ignore"):  # 0/0 for an x that never occurs: costs nothing below
        log_ratio = _log_ratio(p / x, y)
    return _in_units(sum_along(_excess(p, x * y, p - x * y, log_ratio), axes), base)


def perplexity(cross_entropy):
    r"""Return the number of equally likely classes that would cost as much.

    Formula: exp(H), with H in nats.
    Shapes:  any, elementwise. Units: classes.
    Errors:  TypeError if the argument is not real.
    Chapter: 5 Softmax cross-entropy. Source: Jelinek et al. (1977), J. Acoust. Soc. Am. 62.

    >>> print(f"{perplexity(np.log(10)):.1f}")
    10.0
    """
    with np.errstate(over="ignore"):  # more classes than the dtype can count: inf
        return np.exp(float_array("cross_entropy", cross_entropy))


def _pair(p, q, axis):
    """Return two distributions of one shape."""
    p, q = distribution("p", p, axis), distribution("q", q, axis)
    if p.shape != q.shape:
        raise ValueError(f"q: expected the shape of p, {p.shape}, got {q.shape}")
    return p, q


def _in_units(nats, base):
    """Return `nats` as they are, or as logarithms of `base`."""
    if base is None:
        return nats
    if not (np.ndim(base) == 0 and 1 < float_array("base", base) < np.inf):
        raise ValueError(f"base: expected a number above 1, or None for nats, got {base}")
    return nats / math.log(base)


def _log_ratio(p, q):
    """Return log(p / q), also where the quotient itself is too large for its dtype."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        ratio = p / q
        return np.where(np.isinf(ratio), np.log(p) - np.log(q), np.log(ratio))


def _excess(p, q, difference, log_ratio):
    """Return p log(p/q) - (p - q), which is never negative, with its digits where p is close to q.

    With s = (p - q) / (p + q) it is (p + q) (s^2 + (1 + s) (s^3/3 + s^5/5 + ...)). Written as it
    stands the difference loses all its digits as s goes to 0, and two bits at |s| = 1/3, where 17
    terms of the series are as good as all.
    """
    total = p + q
    s = difference / np.where(total == 0, 1, total)
    square, rest = s * s, 0 * s
    for k in range(17, 0, -1):
        rest = (rest + 1 / (2 * k + 1)) * square
    close = total * (square + (1 + s) * s * rest)
    with np.errstate(invalid="ignore"):  # 0 * -inf, and 0/0 where both are 0
        apart = np.where(p == 0, 0, p * log_ratio) - difference
    return np.where(3 * abs(s) < 1, close, apart)
