"""What pytest needs to know about the book as a whole."""

import os

from tools.notebooks import kernel_environment


def pytest_configure(config):
    """Give the kernels that nbval starts the environment in which the outputs were stored."""
    if config.getoption("--nbval", default=False):
        os.environ.update(kernel_environment())
        os.environ.pop("PYTHONWARNINGS", None)
