"""Numbers as float16, bfloat16, float32 and float64 hold them, without a type for each.

Every operation of a small format is done in float64 and rounded to nearest, ties to even. For sums,
products and quotients of up to 25 bits that is what the hardware gives; for exp and log it is the
model of a library whose own are correctly rounded.
"""

import numpy as np

# Bits of the significand, and the exponent of the smallest normal number.
FORMATS = {
    "float16": (11, -14),
    "bfloat16": (8, -126),
    "float32": (24, -126),
    "float64": (53, -1022),
}
LARGEST = {
    name: (2 - 2.0 ** (1 - bits)) * 2.0 ** (1 - low) for name, (bits, low) in FORMATS.items()
}
DTYPES = tuple(FORMATS)


def rounded(x, dtype):
    """Return the number of the format `dtype` that is nearest to x; inf if x is beyond them all.

    >>> rounded(0.1, "bfloat16"), rounded(65520, "float16"), rounded(1e-8, "float16")
    (0.10009765625, inf, 0.0)
    """
    x = float(x)
    if dtype == "float64" or x == 0 or not np.isfinite(x):
        return x
    bits, lowest = FORMATS[dtype]
    exponent = max(np.frexp(x)[1] - 1, lowest)
    unit = 2.0 ** float(exponent - bits + 1)  # the distance to the next number
    near = float(np.rint(x / unit)) * unit
    return float(np.copysign(np.inf, x)) if abs(near) > LARGEST[dtype] else near


def smallest_normal(dtype):
    """Return the smallest number of the format that has all its digits; below, they get lost.

    >>> smallest_normal("float16")
    6.103515625e-05
    """
    return 2.0 ** FORMATS[dtype][1]
