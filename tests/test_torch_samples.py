"""PyTorch's own sample inputs for these functions: lib agrees on all of them, or refuses by design.

The samples come from the generators with which PyTorch tests itself: those of its operators
(`op_db`) and of its loss modules (`module_db`), in float32 and float64.
"""

import random
import re
from collections import Counter

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import module_db

import lib

# PyTorch says of its own "mean" of kl_div that it divides by all elements.
pytestmark = pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")

DTYPES = [torch.float32, torch.float64]
# The name in PyTorch's lists: the names of the value and of its gradient in lib. What lib lacks
# is left out (a gradient), or skipped by name (a function).
OURS = {
    "softmax": ("softmax", "softmax_vjp"),
    "log_softmax": ("log_softmax", "log_softmax_vjp"),
    "logsumexp": ("logsumexp", None),
    "sigmoid": ("sigmoid", None),
    "xlogy": ("xlogy", None),
    "nn.functional.cross_entropy": ("softmax_cross_entropy", "softmax_cross_entropy_grad"),
    "nn.functional.nll_loss": ("nll_loss", "nll_loss_grad"),
    "nn.functional.kl_div": ("kl_div_loss", "kl_div_loss_grad"),
    "nn.functional.binary_cross_entropy": ("binary_cross_entropy", "binary_cross_entropy_grad"),
    "nn.functional.binary_cross_entropy_with_logits": (
        "binary_cross_entropy_with_logits",
        "binary_cross_entropy_with_logits_grad",
    ),
}
MODULES = {
    "nn.CrossEntropyLoss": "nn.functional.cross_entropy",
    "nn.NLLLoss": "nn.functional.nll_loss",
    "nn.KLDivLoss": "nn.functional.kl_div",
    "nn.BCELoss": "nn.functional.binary_cross_entropy",
    "nn.BCEWithLogitsLoss": "nn.functional.binary_cross_entropy_with_logits",
}
# Where lib is stricter by design: how many samples in float32 and float64, and why.
REFUSED = {
    "softmax": ((4, 4), "no classes", "a number"),
    "log_softmax": ((4, 4), "no classes", "a number"),
    "logsumexp": ((3, 3), "a number"),
    # Logarithms of numbers from -9 to 9, all but one not of probabilities: that one is all nan.
    "nn.KLDivLoss": ((9, 10), "not a probability"),
}
REASONS = {
    "no classes": "expected at least one class along axis",
    "a number": "axis 0 is out of bounds for array of dimension 0",
    "not a probability": "expected logarithms of probabilities, none above 0|between 0 and 1",
}


def operator_samples(name, dtype):
    """Yield the function, its arguments and its options for each sample of an operator."""
    for operator in op_db:
        if operator.name == name:
            for sample in operator.sample_inputs("cpu", dtype, requires_grad=True):
                options = dict(sample.kwargs)
                first = sample.input.to(options.pop("dtype", dtype))
                yield operator.op, (first, *sample.args), options


def module_samples(name, dtype):
    """Yield the same for each sample of a loss module, as a call of its function."""
    function = getattr(F, MODULES[name].removeprefix("nn.functional."))
    (module,) = (module for module in module_db if module.name == name)
    inputs = module.module_inputs_func(
        module, device="cpu", dtype=dtype, requires_grad=True, training=True
    )
    for sample in inputs:
        yield function, sample.forward_input.args, sample.constructor_input.kwargs


def samples(name, dtype):
    """Return all samples of an operator or module, the same in every run."""
    torch.manual_seed(0)
    random.seed(0)  # one generator of PyTorch draws a label with it
    return list((module_samples if name in MODULES else operator_samples)(name, dtype))


def ours(name):
    """Return lib's value and gradient functions; skip the test where lib has no such function."""
    value, gradient = OURS[MODULES.get(name, name)]
    if not hasattr(lib, value):
        pytest.skip(f"lib has no {value}")
    gradient = getattr(lib, gradient or "", None)
    if gradient and gradient.__name__.endswith("_vjp"):
        vjp = gradient
        return getattr(lib, value), lambda z, axis, upstream: vjp(z, upstream, axis)
    return getattr(lib, value), gradient


def as_numpy(thing):
    return thing.detach().numpy() if isinstance(thing, torch.Tensor) else thing


def assert_close(got, tensor):
    want = tensor.detach().numpy()
    eps = np.finfo(want.dtype).eps
    assert np.shape(got) == want.shape
    assert got.dtype == want.dtype
    np.testing.assert_allclose(got, want, rtol=100 * eps, atol=20 * eps)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", [*OURS, *MODULES])
def test_lib_agrees_in_value_and_gradient_or_refuses_by_design(name, dtype, record_property):
    value, gradient = ours(name)
    drawn = samples(name, dtype)
    refused = Counter()
    for function, (first, *rest), options in drawn:
        arguments = [as_numpy(first), *map(as_numpy, rest)]
        named = {key: as_numpy(option) for key, option in options.items()}
        leaf = first.detach().clone().requires_grad_(True)
        theirs = function(leaf, *rest, **options)
        try:
            got = value(*arguments, **named)
        except ValueError as error:
            refused[str(error)] += 1
            continue
        assert_close(got, theirs)
        if gradient:
            upstream = torch.randn_like(theirs)
            theirs.backward(upstream)
            assert_close(gradient(*arguments, **named, upstream=upstream.numpy()), leaf.grad)

    numbers, *reasons = REFUSED.get(name, ((0, 0),))
    number = numbers[DTYPES.index(dtype)]
    assert refused.total() == number, refused
    for message in refused:
        assert any(re.search(REASONS[reason], message) for reason in reasons), message
    assert drawn
    why = f" and refuses {number} ({', '.join(reasons)})" if number else ""
    agreed = f"agrees on {len(drawn) - number} of PyTorch's samples{why}"
    record_property("report", f"lib, {name}, {dtype}: {agreed}")


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", ["nn.CrossEntropyLoss", "nn.NLLLoss"])
def test_what_pytorch_refuses_lib_refuses(name, dtype):
    (module,) = (module for module in module_db if module.name == name)
    errors = module.module_error_inputs_func(
        module, device="cpu", dtype=dtype, requires_grad=False, training=True
    )
    assert errors
    for error in errors:
        sample = error.module_error_input
        arguments = map(as_numpy, sample.forward_input.args)
        options = {key: as_numpy(value) for key, value in sample.constructor_input.kwargs.items()}
        with pytest.raises((ValueError, TypeError, IndexError), match=r"^\w+: "):
            ours(name)[0](*arguments, **options)
