"""Why something failed, in a line that names no path."""

import pytest

from conc.measure import details

SEGMENTATION_FAULT = """\
Fatal Python error: Segmentation fault

Current thread 0x1 (most recent call first):
  File "/home/ann/a.py", line 3 in act
  File "/home/ann/b.py", line 9 in main

Extension modules: msgspec (total: 1)
"""


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("can't open '/home/ann/my work/x.txt'", "can't open 'x.txt'"),
        ('File "C:\\Users\\Ann B\\x.py", line 3', 'File "x.py", line 3'),
        ("in /root/.venv/lib/a.py:3", "in a.py:3"),
        ("C:\\Users\\ann\\a.py failed", "a.py failed"),
        ("1/2 of it, and/or all", "1/2 of it, and/or all"),
        ("GET http://127.0.0.1:80/rating failed", "GET http://127.0.0.1:80/rating failed"),
        ("two\n  lines", "two lines"),
    ],
)
def test_a_line_keeps_names_and_drops_folders(said: str, kept: str) -> None:
    assert details.one_line(said) == kept


def test_a_line_has_a_length() -> None:
    assert len(details.one_line("long " * 1000)) == details.LONGEST


def test_an_exception_is_told_with_its_place() -> None:
    try:
        raise ValueError("burnt")  # noqa: TRY301 - it is the traceback that is wanted
    except ValueError as error:
        said = details.of_exception(error)
    assert said.startswith("ValueError: burnt (test_details.py:")


def test_an_exception_without_words_is_told_by_its_name() -> None:
    assert details.of_exception(TimeoutError()) == "TimeoutError"


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ("", ""),
        ("noise\nTraceback ...\nModuleNotFoundError: No module named 'x'\n", "ModuleNotFoundError"),
        (
            SEGMENTATION_FAULT,
            "Segmentation fault at a.py:3, act",
        ),
        (
            'Fatal Python error: Aborted\n\nThread 0x1:\n  File "a.py", line 3 in act\n',
            "at a.py:3, act",
        ),
        ("Fatal Python error: init failed\nno frames\n", "init failed"),
    ],
)
def test_standard_error_ends_with_the_reason(errors: str, said: str) -> None:
    assert details.last_words(errors).startswith(said)
    assert bool(said) == bool(details.last_words(errors))
