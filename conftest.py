"""What pytest needs to know about the book as a whole."""

import os

from tools.notebooks import kernel_environment


def pytest_configure(config):
    """Give the kernels that nbval starts the environment in which the outputs were stored."""
    if config.getoption("--nbval", default=False):
        os.environ.update(kernel_environment())
        os.environ.pop("PYTHONWARNINGS", None)


def pytest_terminal_summary(terminalreporter):
    """Print what a passed test recorded as its "report", also when it ran in a worker process."""
    for test in terminalreporter.stats.get("passed", []):
        for name, text in test.user_properties:
            if name == "report":
                terminalreporter.write_line(text)
