"""Graders for the reader's own answers: `check(my_softmax, like=softmax)`.

An answer is tried on a few inputs and compared with the book's function. The verdict says what
fails, on which input, and gives a hint; never the solution, never the number that was expected.
The inputs and the hints are in `graders`.
"""

import copy
import inspect
import re
import textwrap
import warnings
from dataclasses import dataclass

import numpy as np

from .graders import GRADERS

COLUMN = 78  # letters in a line of output, as wide as the text of a page
MANY = 8  # entries that a message spells out
SHAPE_HINT = "which axes does your code add up, and which does it keep?"
IN_PLACE_HINT = "which line writes into an array that the caller still needs?"
NOTHING_YET = "nothing came back yet: replace the dots with your code, and return its result."


@dataclass(frozen=True, repr=False)
class Verdict:
    """What `check` found. A notebook cell that ends with one shows its message."""

    passed: bool
    message: str

    def __repr__(self):
        return "\n".join(
            textwrap.fill(line, COLUMN, break_long_words=False, break_on_hyphens=False)
            for line in self.message.splitlines()
        )


def check(answer, *, like):
    """Try the reader's function `answer` on the cases of `like`; stop at the first that fails.

    >>> from lib import softmax
    >>> check(softmax, like=softmax)
    softmax: all 8 checks passed.
    >>> check(lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True), like=softmax)
    softmax: not yet. For z = [1000, 0, -1000] your function returned [nan, 0, 0];
    probabilities must be finite and sum to 1.
    Hint: what does the largest exponential look like?
    """
    if like not in GRADERS:
        names = ", ".join(function.__name__ for function in GRADERS)
        raise ValueError(f"like: expected one of {names}; got {like!r}")
    if answer is None or answer is ...:
        return Verdict(False, f"{like.__name__}: {NOTHING_YET}")
    if not callable(answer):
        raise TypeError("answer: expected your function itself, without calling it")
    cases, mistakes = GRADERS[like]
    cases = [case for case in cases if _accepts(answer, case.options)]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # the verdict says it better than a RuntimeWarning
        for i, case in enumerate(cases):
            possible = [mistake for mistake in mistakes if _passes(mistake, like, cases[:i])]
            fault = _fault(answer, like, case, possible)
            if fault:
                return Verdict(False, f"{like.__name__}: {fault}")
    return Verdict(True, f"{like.__name__}: all {len(cases)} checks passed.")


def _accepts(answer, options):
    """Return whether the answer has a parameter for every option."""
    try:
        return options.keys() <= inspect.signature(answer).parameters.keys()
    except ValueError:  # a function written in C may not tell
        return not options


def _passes(mistake, like, cases):
    """Return whether the mistake would not have been noticed in these cases, which went well."""
    return all(
        _agree(np.asarray(mistake.formula(*case.inputs)), np.asarray(like(*case.inputs)), case.atol)
        for case in cases
        if not case.options
    )


def _fault(answer, like, case, mistakes):
    """Return a sentence about what is wrong with the answer in this case, or None."""
    inputs = copy.deepcopy(case.inputs)
    trial = f"not yet. For {_describe(like, case)} your function"
    try:
        returned = answer(*inputs, **case.options)
    except Exception as error:
        what = re.sub("0x[0-9a-fA-F]+", "0x...", f"{type(error).__name__}: {error}".split("\n")[0])
        worked_before = case is not GRADERS[like][0][0]  # then the hint is about this input
        return f"{trial} raised {what}" + f"\nHint: {case.hint}" * worked_before
    if returned is None or returned is ...:
        return NOTHING_YET
    if hasattr(returned, "detach"):  # a tensor, which may wait for its gradient or be bfloat16
        returned = returned.detach().double()
    try:
        if np.asarray(returned).dtype.kind not in "fiubO":  # complex numbers, or words
            raise TypeError
        got = np.asarray(returned, dtype=float)
    except Exception:  # whatever NumPy has against what came
        return f"{trial} returned a {type(returned).__name__}; it must return real numbers."
    want = np.asarray(like(*case.inputs, **case.options))
    if not _agree(got, want, case.atol):
        must, hint = _explain(got, want, case, mistakes)
        return f"{trial} returned {_show(got)};\n{must}.\nHint: {hint}"
    if any(not np.array_equal(*pair) for pair in zip(inputs, case.inputs, strict=True)):
        return f"{trial} returned the right result,\nbut changed its input.\nHint: {IN_PLACE_HINT}"
    return None


def _explain(got, want, case, mistakes):
    """Return what must hold, and a hint: a known mistake's, the shape's, or the case's."""
    for mistake in mistakes if not case.options else ():
        if _agree(got, np.asarray(mistake.formula(*case.inputs)), case.atol):
            return mistake.must, mistake.hint
    if got.shape != want.shape:
        shape = f"have shape {want.shape}" if want.ndim else "be a single number"
        return f"the result must {shape}", SHAPE_HINT
    return case.must, case.hint


def _agree(got, want, atol=1e-9):
    return got.shape == want.shape and np.allclose(got, want, rtol=1e-5, atol=atol)


def _describe(like, case):
    """Return the call in words: `logits = [1, 2, 0.5], target = 1`."""
    named = dict(zip(inspect.signature(like).parameters, case.inputs, strict=False)) | case.options
    return ", ".join(f"{name} = {_show(value)}" for name, value in named.items())


def _show(value):
    """Return numbers in four digits, `[0.2312, 1000, nan]`, words and True or False as they are."""
    if isinstance(value, str | bool):
        return repr(value)
    if np.ndim(value) and len(value) > MANY:
        return f"[{', '.join(map(_show, value[:3]))}, ...] ({len(value)} of them)"
    if np.ndim(value):
        return f"[{', '.join(map(_show, value))}]"
    return f"{value:.4g}"
