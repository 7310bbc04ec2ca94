"""How many digits `lib`, PyTorch, SciPy and JAX (if it is installed) lose on hard inputs.

    python benchmarks/lib_accuracy.py

Prints the worst error of each, in units in the last place of the true value, and the input that
shows it. The truth is computed by mpmath in 50 digits from the very numbers the functions were
given. Explained in benchmarks/README.md.
"""

from dataclasses import dataclass

import mpmath
import numpy as np
import scipy.spatial
import scipy.special
import torch
import torch.nn.functional as F

import lib

try:
    import jax

    jax.config.update("jax_enable_x64", True)
except ImportError:
    jax = None

DTYPES = [np.float32, np.float64]
ROWS = {
    "a tie": [1.5, 1.5],
    "gap 15": [0.0, 15.0],
    "gap 40": [0.0, 40.0],
    "gap 80": [0.25, 80.5, -3.0],
    "gap 585": [0.5, 585.5],
    "gap 700": [0.0, 700.0, 699.0],
    "offset 1e4": [10001.0, 10002.0, 10000.5],
    "offset -1e4": [-10001.0, -10002.0, -10000.5, -10040.25],
    "far apart": [1000.0, 0.0, -1000.0],
    "subnormal in float64": [0.0, 720.5, -10.0],
    "subnormal in float32": [0.0, 95.5],
    "a sum near 1": [-0.32, -1.22],
    "one class": [3.7],
    "masked": [1.0, -np.inf, 0.5],
}
for num_classes in (2, 3, 10, 100):
    for spread in (1, 5, 60):
        for seed in range(3):
            row = np.random.default_rng(seed).normal(0, spread, num_classes)
            ROWS[f"N(0, {spread}), C = {num_classes}, seed {seed}"] = row
SCORES = [
    sign * x for x in (0.0, 0.1, 1.3, 5.0, 10.0, 15.0, 30.0, 81.0, 283.0, 700.0) for sign in (1, -1)
]
ANSWERS = [0.0, 1.0, 0.3, 1e-7]
NEARLY_EQUAL = {
    f"logits {step} apart, C = 50, seed {seed}": (seed, step)
    for step in (1e-1, 1e-4)
    for seed in range(5)
}


FAR_APART = {f"logits 5 apart, C = 50, seed {seed}": (seed, 5.0) for seed in range(5)}


@dataclass
class Worst:
    """The largest error so far in units in the last place, and the input that shows it."""

    ulps: float = 0.0
    where: str = "none"

    def add(self, got, truth, dtype, where):
        true = dtype(float(truth))
        if got == truth or (np.isinf(true) and got == true):
            return
        ulps = float(abs(mpmath.mpf(float(got)) - truth) / abs(float(np.spacing(true))))
        if np.isnan(ulps) or ulps > self.ulps:
            self.ulps, self.where = ulps if ulps == ulps else np.inf, where


def exact(z):
    """Return the true softmax, log-softmax, 1 - softmax and log-sum-exp of the numbers in `z`."""
    z = [mpmath.mpf(float(entry)) for entry in z]
    e = [mpmath.exp(entry - max(z)) for entry in z]
    total = mpmath.fsum(e)
    others = [mpmath.fsum(e[:i] + e[i + 1 :]) for i in range(len(e))]
    log_p = [
        -mpmath.log1p(rest / own) if own else mpmath.mpf("-inf")
        for own, rest in zip(e, others, strict=True)
    ]
    wrong = [rest / total for rest in others]
    top = z.index(max(z))
    return [own / total for own in e], log_p, wrong, [z[top] - log_p[top]]


def exact_divergence(p, q):
    """Return the true KL(p || q): - p + q adds nothing but what rounding took from their sums."""
    pairs = [(mpmath.mpf(float(a)), mpmath.mpf(float(b))) for a, b in zip(p, q, strict=True)]
    return mpmath.fsum((a * mpmath.log(a / b) if a else 0) - a + b for a, b in pairs)


def as_torch(function):
    return lambda *arrays: function(*map(torch.from_numpy, arrays)).numpy()


def torch_gradient(z, label):
    leaf = torch.tensor(z, requires_grad=True)
    F.cross_entropy(leaf, torch.tensor(label)).backward()
    return leaf.grad.numpy()


def torch_jacobian_row(z, label):
    leaf = torch.tensor(z, requires_grad=True)
    torch.softmax(leaf, 0)[label].backward()
    return leaf.grad.numpy()


def competitors():
    """Return, per function of the scores, who computes it."""
    table = {
        "softmax": {
            "lib": lib.softmax,
            "torch": as_torch(lambda z: torch.softmax(z, 0)),
            "scipy": scipy.special.softmax,
        },
        "log_softmax": {
            "lib": lib.log_softmax,
            "torch": as_torch(lambda z: torch.log_softmax(z, 0)),
            "scipy": scipy.special.log_softmax,
        },
        "logsumexp": {
            "lib": lambda z: lib.logsumexp(z, keepdims=True),
            "torch": as_torch(lambda z: torch.logsumexp(z, 0, keepdim=True)),
            "scipy": lambda z: scipy.special.logsumexp(z, keepdims=True),
        },
        "softmax_cross_entropy": {
            "lib": lambda z, y: lib.softmax_cross_entropy(z, y),
            "torch": lambda z, y: F.cross_entropy(torch.tensor(z), torch.tensor(y)).numpy(),
        },
        "softmax_cross_entropy_grad": {
            "lib": lambda z, y: lib.softmax_cross_entropy_grad(z, y),
            "torch": torch_gradient,
        },
        "softmax_vjp, a row of the Jacobian": {
            "lib": lambda z, y: lib.softmax_vjp(z, np.eye(len(z))[y]),
            "torch": torch_jacobian_row,
        },
    }
    if jax:
        for name in ("softmax", "log_softmax"):
            table[name]["jax"] = getattr(jax.nn, name)
        table["logsumexp"]["jax"] = lambda z: jax.nn.logsumexp(z, keepdims=True)
        cost = lambda z, y: -jax.nn.log_softmax(z)[y]  # noqa: E731
        table["softmax_cross_entropy"]["jax"] = cost
        table["softmax_cross_entropy_grad"]["jax"] = jax.grad(cost)
        row = jax.grad(lambda z, y: jax.nn.softmax(z)[y])
        table["softmax_vjp, a row of the Jacobian"]["jax"] = row
    return table


def measure(dtype):
    """Return function -> competitor -> its worst error."""
    found = {name: {who: Worst() for who in peers} for name, peers in competitors().items()}
    for row_name, row in ROWS.items():
        z = np.array(row, dtype)
        p, log_p, wrong, total = exact(z)
        for name, truths in (("softmax", p), ("log_softmax", log_p), ("logsumexp", total)):
            for who, function in competitors()[name].items():
                for i, (got, truth) in enumerate(zip(np.asarray(function(z)), truths, strict=True)):
                    found[name][who].add(got, truth, dtype, f"{row_name}, entry {i}")
        for y in {int(z.argmax()), 0, len(z) - 1}:
            if np.isinf(z[y]):
                continue
            label = f"{row_name}, class {y}"
            for who, function in competitors()["softmax_cross_entropy"].items():
                found["softmax_cross_entropy"][who].add(function(z, y), -log_p[y], dtype, label)
            slopes = [-wrong[i] if i == y else p[i] for i in range(len(z))]
            row = [-p[y] * slope for slope in slopes]
            for name, truths in (
                ("softmax_cross_entropy_grad", slopes),
                ("softmax_vjp, a row of the Jacobian", row),
            ):
                for who, function in competitors()[name].items():
                    results = np.asarray(function(z, y))
                    for i, (got, truth) in enumerate(zip(results, truths, strict=True)):
                        found[name][who].add(got, truth, dtype, f"{label}, entry {i}")
    found |= measure_scores(dtype) | measure_distributions(dtype)
    return found | {"kl_div_loss, a term": measure_kl(dtype)}


def torch_slope(x, y):
    leaf = torch.tensor(x, requires_grad=True)
    F.binary_cross_entropy_with_logits(leaf, torch.tensor(y), reduction="sum").backward()
    return leaf.grad.numpy()


def of_one_score():
    """Return, per function of a score and (for a loss) an answer, its truth and who computes it."""
    special, nn = scipy.special, jax.nn if jax else None
    e = mpmath.exp
    binary = {"reduction": "none"}
    table = {
        "sigmoid": (lambda x: 1 / (1 + e(-x)), lib.sigmoid, as_torch(torch.sigmoid)),
        "log_sigmoid": (
            lambda x: -mpmath.log1p(e(-x)),
            lib.log_sigmoid,
            as_torch(F.logsigmoid),
        ),
        "softplus": (lambda x: mpmath.log1p(e(x)), lib.softplus, as_torch(F.softplus)),
        "binary_cross_entropy_with_logits": (
            lambda x, y: y * mpmath.log1p(e(-x)) + (1 - y) * mpmath.log1p(e(x)),
            lambda x, y: lib.binary_cross_entropy_with_logits(x, y, **binary),
            as_torch(lambda x, y: F.binary_cross_entropy_with_logits(x, y, **binary)),
        ),
        "binary_cross_entropy_with_logits_grad": (
            lambda x, y: 1 / (1 + e(-x)) - y,
            lambda x, y: lib.binary_cross_entropy_with_logits_grad(x, y, reduction="sum"),
            torch_slope,
        ),
        "sigmoid_focal_loss, gamma = 2": (
            lambda x, y: (1 + e(x)) ** -2 * mpmath.log1p(e(-x)),
            lambda x, y: lib.sigmoid_focal_loss(x, np.ones_like(x), alpha=None, **binary),
            None,
        ),
    }
    others = {"sigmoid": special.expit, "log_sigmoid": special.log_expit}
    for name, (truth, ours, theirs) in table.items():
        peers = {"lib": ours, "torch": theirs, "scipy": others.get(name)}
        if nn and hasattr(nn, name):
            peers["jax"] = getattr(nn, name)
        yield name, truth, {who: function for who, function in peers.items() if function}


def measure_scores(dtype):
    """Return the worst error of functions of one score; targets strictly between 0 and 1 cancel."""
    found = {}
    for name, truth, peers in of_one_score():
        found[name] = {who: Worst() for who in peers}
        answers = ANSWERS if "binary" in name else [1.0] if "focal" in name else [None]
        for y in answers[: 2 if name.endswith("grad") else None]:
            x = np.array(SCORES, dtype)
            inputs = [x] if y is None else [x, np.full_like(x, y)]
            for who, function in peers.items():
                results = np.asarray(function(*inputs))
                for got, *exactly in zip(results, *inputs, strict=True):
                    where = ", ".join(f"{number:g}" for number in exactly)
                    with mpmath.workdps(700):  # 1 + exp(-700) in full
                        true = truth(*(mpmath.mpf(float(number)) for number in exactly))
                    found[name][who].add(got, true, dtype, where)
    return found


def of_distributions():
    """Return, per function of two distributions, its truth and who computes it."""
    special, distance = scipy.special, scipy.spatial.distance
    rel_entr = jax and jax.scipy.special.rel_entr

    def middle(p, q):
        return [
            (mpmath.mpf(float(a)) + mpmath.mpf(float(b))) / 2 for a, b in zip(p, q, strict=True)
        ]

    yield (
        "entropy",
        lambda p, q: -mpmath.fsum(a * mpmath.log(a) for a in map(mpmath.mpf, map(float, p)) if a),
        {
            "lib": lambda p, q: lib.entropy(p),
            "torch": as_torch(lambda p, q: torch.special.entr(p).sum()),
            "scipy": lambda p, q: special.entr(p).sum(),
            "jax": jax and (lambda p, q: jax.scipy.special.entr(p).sum()),
        },
    )
    yield (
        "kl_divergence",
        exact_divergence,
        {
            "lib": lib.kl_divergence,
            "torch": as_torch(lambda p, q: F.kl_div(q.log(), p, reduction="sum")),
            "scipy": lambda p, q: special.rel_entr(p, q).sum(),
            "jax": jax and (lambda p, q: rel_entr(p, q).sum()),
        },
    )
    yield (
        "js_divergence",
        lambda p, q: sum(exact_divergence(side, middle(p, q)) for side in (p, q)) / 2,
        {
            "lib": lib.js_divergence,
            "scipy": lambda p, q: distance.jensenshannon(p, q) ** 2,
        },
    )


def measure_distributions(dtype):
    """Return the worst error on distributions of 50 classes, nearly equal and far apart."""
    found = {}
    for name, truth, peers in of_distributions():
        peers = {who: function for who, function in peers.items() if function}
        found[name] = {who: Worst() for who in peers}
        for where, (seed, step) in NEARLY_EQUAL.items() | FAR_APART.items():
            rng = np.random.default_rng(seed)
            z = rng.normal(0, 1, 50)
            p, q = (lib.softmax(x.astype(dtype)) for x in (z, z + step * rng.normal(size=50)))
            true = truth(p, q)
            for who, function in peers.items():
                found[name][who].add(function(p, q), true, dtype, where)
    return found


def measure_kl(dtype):
    """Return the worst error of single terms p (log p - log q), p and q nearly equal."""
    found = {"lib": Worst(), "torch": Worst()}
    for name, (seed, step) in NEARLY_EQUAL.items():
        rng = np.random.default_rng(seed)
        z = rng.normal(0, 1, 50)
        p = lib.softmax(z.astype(dtype))
        log_q = lib.log_softmax((z + step * rng.normal(size=50)).astype(dtype))
        ours = lib.kl_div_loss(log_q, p, reduction="none")
        theirs = as_torch(lambda x, t: F.kl_div(x, t, reduction="none"))(log_q, p)
        for i, (q, t) in enumerate(zip(log_q, p, strict=True)):
            truth = mpmath.mpf(float(t)) * (mpmath.log(float(t)) - mpmath.mpf(float(q)))
            found["lib"].add(ours[i], truth, dtype, f"{name}, entry {i}")
            found["torch"].add(theirs[i], truth, dtype, f"{name}, entry {i}")
    return found


def show(worst):
    if worst is None:
        return ""
    return f"{worst.ulps:.1f}" if worst.ulps < 1000 else f"{worst.ulps:.1e}"


def main():
    mpmath.mp.dps = 50
    peers = ["lib", "torch", "scipy", *(["jax"] if jax else [])]
    print(f"| function | dtype | {' | '.join(peers)} | worst input of lib | of torch |")
    print("| --- " * (len(peers) + 4) + "|")
    for dtype in DTYPES:
        with np.errstate(all="ignore"):
            found = measure(dtype)
        for name, worst in found.items():
            cells = " | ".join(show(worst.get(who)) for who in peers)
            print(
                f"| {name} | {np.dtype(dtype)} | {cells} "
                f"| {worst['lib'].where} | {worst['torch'].where if 'torch' in worst else ''} |"
            )


if __name__ == "__main__":
    main()
