"""From scores to probabilities: softmax, its logarithm, and the log-sum-exp between them.

All three subtract the maximum first, so that no exponential overflows, and keep the maximum's own
term out of the sum: it is exactly 1, and `log1p` of the rest keeps the digits that `log(1 + rest)`
loses. Relative error of every value: at most (4 + gap/2) eps, where gap is the distance of a score
to the maximum (for the maximum itself, to the runner-up).
"""

import numpy as np

from .arguments import class_axes, classes_last, float_array


def softmax(z, axis=-1):
    r"""Turn scores into probabilities: exponentiate, then divide by the sum.

    Formula: p_i = exp(z_i) / sum_j exp(z_j), computed with z - max(z) in place of z.
    Shapes:  any; the result has the shape of `z` and sums to 1 along `axis` (int, tuple, None).
    Units:   none. float32 and float64 are kept, float16 is computed and returned in float32.
    Limits:  -inf is a mask (probability 0); a row with +inf, nan, or only -inf has no softmax: nan.
    Errors:  TypeError if `z` is not real; ValueError without classes or for an axis it lacks.
    Chapter: 3 Softmax. Source: Luce (1959), Individual Choice Behavior; Bridle (1990).

    >>> softmax([1.0, 2.0, 0.5]).round(4)
    array([0.2312, 0.6285, 0.1402])
    """
    rows, restore = classes_last(float_array("z", z), axis)
    with np.errstate(invalid="ignore"):  # inf - inf is nan, as promised
        e = np.exp(rows - rows.max(axis=-1, keepdims=True))
        e /= e.sum(axis=-1, keepdims=True)
    return restore(e)


def logsumexp(z, axis=-1, keepdims=False):
    r"""Return the logarithm of the sum of exponentials, the soft version of the maximum.

    Formula: log sum_j exp(z_j) = m + log1p(s), m = max(z), s = the sum of exp(z_j - m) without m's.
    Shapes:  any; `axis` (an int, a tuple, None) is summed away, or kept with length 1 (`keepdims`).
    Units:   nats, if the scores are log-probabilities. float32 and float64 are kept.
    Limits:  all -inf gives -inf, any +inf gives +inf, any nan gives nan.
    Errors:  TypeError if `z` is not real; ValueError without classes or for an axis it lacks.
    Chapter: 4 The log-sum-exp trick. Source: Blanchard, Higham, Higham (2021), IMA J. Numer. Anal.

    >>> float(logsumexp([1000.0, 1000.0]))  # 1000 + log 2
    1000.6931471805599
    """
    z = float_array("z", z)
    rows, _ = classes_last(z, axis)
    m, _, rest, _ = _odds(rows)
    total = (m + np.log1p(rest)).reshape(rows.shape[:-1])
    # [()] turns an array without dimensions into a number, as NumPy's own sums return one.
    return np.expand_dims(total, class_axes(z, axis)) if keepdims else total[()]


def log_softmax(z, axis=-1):
    r"""Return the logarithm of softmax without computing softmax: subtract one number, log-sum-exp.

    Formula: log p_i = (z_i - m) - log1p(s), m = max(z), s = the sum of exp(z_j - m) without m's.
    Shapes:  any; the result has the shape of `z`, its exponentials sum to 1 along `axis`.
    Units:   nats. float32 and float64 are kept.
    Limits:  -inf stays -inf; a row with +inf, nan, or only -inf gives nan.
    Errors:  TypeError if `z` is not real; ValueError without classes or for an axis it lacks.
    Chapter: 5 Softmax cross-entropy. Source: Blanchard, Higham, Higham (2021), IMA J. Numer. Anal.

    >>> log_softmax([1.0, 2.0, 0.5]).round(4)
    array([-1.4644, -0.4644, -1.9644])
    >>> float(log_softmax([0.0, 40.0])[1])  # -exp(-40), where log(softmax) gives 0
    -4.248354255291589e-18
    """
    rows, restore = classes_last(float_array("z", z), axis)
    m, distance, rest = _split_off_maximum(rows)
    distance -= np.where(np.isfinite(m), np.log1p(rest), np.nan)
    return restore(distance)


def sigmoid(x):
    r"""Turn one score into a probability: softmax of the two scores (x, 0), first entry.

    Formula: 1 / (1 + exp(-x)) = exp(min(x, 0)) / (1 + exp(-|x|)); the second never overflows.
    Shapes:  any, elementwise.
    Units:   none. float32 and float64 are kept.
    Errors:  TypeError if `x` is not real.
    Chapter: 3 Softmax. Source: Cox (1958), J. R. Stat. Soc. B 20.

    >>> sigmoid([-1000.0, 0.0, 1.5]).round(4)
    array([0.    , 0.5   , 0.8176])
    """
    x = float_array("x", x)
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def _split_off_maximum(rows):
    """Return each row's maximum m, the distances to it, and the sum of exp(distance) without m's.

    Leading axes become one.
    """
    m, distance, top = _from_maximum(rows)
    with np.errstate(over="ignore"):  # only a row that holds +inf: its sum is inf, as it should be
        e = np.exp(distance)
    e[top] = 0
    return m, distance, e.sum(axis=-1, keepdims=True)


def _odds(rows):
    """Return each row's maximum m, exp(z - m) with 0 in m's own place, their sum, and that place.

    The same as `_split_off_maximum` in half the memory, for those who need no distances.
    """
    m, e, top = _from_maximum(rows)
    with np.errstate(over="ignore"):
        np.exp(e, out=e)
    e[top] = 0
    return m, e, e.sum(axis=-1, keepdims=True), top


def _from_maximum(rows):
    """Return each row's maximum, the distances to it, and its place.

    A maximum that is infinite is not subtracted (inf - inf is nan).
    """
    rows = rows.reshape(-1, rows.shape[-1])
    # On rows of some hundred classes this takes a third of the time of rows.max(axis=-1).
    top = np.arange(len(rows)), rows.argmax(axis=-1)
    m = rows[top][:, None]
    return m, rows - np.where(np.isfinite(m), m, 0), top
