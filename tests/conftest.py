"""For every test: on Linux in CI a skipped test is a failure, for a skip hides a hole."""

import os
import sys
from collections.abc import Generator

import pytest

BEYOND_LINUX = (
    "needs Python",  # the interpreter that runs the tests is too old
    "needs Windows",
    "needs macOS",
    "needs a free-threaded build",
    "needs another user than root",  # who may write into any folder
)
"""How the reason of a skip begins that no Linux machine can mend."""


def _is_forbidden(reason: str) -> bool:
    reason = reason.removeprefix("Skipped: ")
    return (
        bool(os.environ.get("CI"))
        and sys.platform == "linux"
        and not reason.startswith(BEYOND_LINUX)
    )


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if _is_forbidden(reason):
            report.outcome = "failed"
            report.longrepr = f"skipped, which fails on Linux in CI: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test into a failure."""
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole file into a failure."""
    report = yield
    _fail_if_skipped(report)
    return report
