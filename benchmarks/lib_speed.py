"""How fast `lib` is beside PyTorch and SciPy, as ratios measured in one run on one thread.

    python benchmarks/lib_speed.py [ROUNDS]        default: 11

The competitors take turns in every round, so that a busy machine slows all of them; a ratio is one
of medians. Explained in benchmarks/README.md.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy and torch read them

import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from functools import partial  # noqa: E402

import numpy as np  # noqa: E402
import scipy.special  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

import lib  # noqa: E402

SHAPES = [(6, 2), (128, 256), (1024, 32000)]
DTYPES = [np.float32, np.float64]
ROUNDS = 11
SHORTEST = 2e-3  # seconds that one measurement lasts at least: small inputs are called repeatedly


def torch_gradient(function):
    """Return a function that computes `function` forward and its gradient by autograd."""

    def forward_and_backward(scores, *rest):
        leaf = scores.detach().requires_grad_(True)
        value = function(leaf, *rest)
        value.backward(torch.ones_like(value) if value.ndim else None)
        return leaf.grad

    return forward_and_backward


def contestants(z, target):
    """Return, per measured function, who competes: name -> a call without arguments."""
    tensor = torch.from_numpy(z)
    table = {}
    for name in ("softmax", "log_softmax", "logsumexp"):
        table[name] = {
            "lib": partial(getattr(lib, name), z, axis=1),
            "torch": partial(getattr(torch, name), tensor, 1),
            "scipy": partial(getattr(scipy.special, name), z, axis=1),
        }
    for name, torchs, scipys in (
        ("sigmoid", torch.sigmoid, scipy.special.expit),
        ("log_sigmoid", F.logsigmoid, scipy.special.log_expit),
        ("softplus", F.softplus, None),
    ):
        table[name] = {"lib": partial(getattr(lib, name), z), "torch": partial(torchs, tensor)}
        if scipys:
            table[name]["scipy"] = partial(scipys, z)
    # The gradient of logsumexp is softmax.
    table["logsumexp + gradient"] = {
        "lib": lambda: (lib.logsumexp(z, axis=1), lib.softmax(z, axis=1)),
        "torch": partial(torch_gradient(partial(torch.logsumexp, dim=1)), tensor),
    }
    for name in ("softmax", "log_softmax"):
        forward, vjp = getattr(lib, name), getattr(lib, f"{name}_vjp")
        upstream = np.ones_like(z)
        table[f"{name} + gradient"] = {
            "lib": partial(in_turn, partial(forward, z, 1), partial(vjp, z, upstream, 1)),
            "torch": partial(torch_gradient(partial(getattr(torch, name), dim=1)), tensor),
        }
    probs = lib.softmax(z[:, ::-1], axis=1)  # a target distribution per row
    answers = (z > 1).astype(z.dtype)  # yes or no for every score
    log_probs, chances = lib.log_softmax(z, axis=1), lib.sigmoid(z)
    losses = {
        "softmax_cross_entropy": (F.cross_entropy, z, target, {}),
        "softmax_cross_entropy, smoothing": (F.cross_entropy, z, target, {"label_smoothing": 0.1}),
        "softmax_cross_entropy, probabilities": (F.cross_entropy, z, probs, {}),
        "nll_loss": (F.nll_loss, log_probs, target, {}),
        "kl_div_loss": (F.kl_div, log_probs, probs, {"reduction": "batchmean"}),
        "binary_cross_entropy": (F.binary_cross_entropy, chances, answers, {}),
        "binary_cross_entropy_with_logits": (F.binary_cross_entropy_with_logits, z, answers, {}),
    }
    for name, (theirs, scores, truth, options) in losses.items():
        ours = partial(getattr(lib, name.split(",")[0]), scores, truth, **options)
        grad = partial(getattr(lib, f"{name.split(',')[0]}_grad"), scores, truth, **options)
        tensors = torch.from_numpy(scores), torch.from_numpy(truth)
        table[name] = {"lib": ours, "torch": partial(theirs, *tensors, **options)}
        table[f"{name} + gradient"] = {
            "lib": partial(in_turn, ours, grad),
            "torch": partial(torch_gradient(partial(theirs, **options)), *tensors),
        }
    return table


def in_turn(*calls):
    """Call one after the other: the loss, then its gradient, as a training step does."""
    return [call() for call in calls]


def medians(calls, rounds):
    """Return the median seconds of each call; in each round every call has its turn."""
    repeats = {}
    for name, call in calls.items():
        call()
        start = time.perf_counter()
        call()
        repeats[name] = max(1, round(SHORTEST / (time.perf_counter() - start)))
    seconds = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(repeats[name]):
                call()
            seconds[name].append((time.perf_counter() - start) / repeats[name])
    return {name: statistics.median(values) for name, values in seconds.items()}


def main():
    torch.set_num_threads(1)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    rng = np.random.default_rng(0)
    print(
        "| function | shape | dtype | lib / torch | lib / scipy |\n| --- | --- | --- | --- | --- |"
    )
    for shape in SHAPES:
        for dtype in DTYPES:
            z = rng.normal(0, 3, shape).astype(dtype)
            for name, calls in contestants(z, rng.integers(0, shape[1], shape[0])).items():
                took = medians(calls, rounds)
                ratio = {rival: f"{took['lib'] / took[rival]:.2f}" for rival in took}
                print(
                    f"| {name} | {shape} | {np.dtype(dtype)} "
                    f"| {ratio['torch']} | {ratio.get('scipy', '')} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
