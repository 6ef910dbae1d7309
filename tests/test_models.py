"""The models as data: typed names, pools that open, colours that a page can use."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import pytest

import conc
from conc import models
from conc.models import EXECUTORS, MODELS, NAMES, Model, ModelName, find

PACKAGE = Path(conc.__file__).parent
MOST_TOGETHER = 3
"""More of them than this make a list of all; three may be those that a figure is about."""

LISTS = {
    "models.py",
    "show/views/summary.py",  # the article's own words about each
}


def test_the_checker_knows_the_names_that_the_data_have() -> None:
    assert get_args(ModelName) == NAMES


EVERY = (*MODELS, *EXECUTORS)
of_each = pytest.mark.parametrize("model", EVERY, ids=lambda model: model.name)


def test_names_are_unique_and_fit_into_a_css_variable_and_a_functions_name() -> None:
    names = [model.name for model in EVERY]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+", name)] == []


@of_each
def test_each_model_is_found_and_has_a_colour_a_mark_and_a_place_of_its_own(model: Model) -> None:
    assert find(model.name) is model
    assert model.colour == f"var(--conc-{model.name})"
    others = [other for other in EVERY if other is not model]
    for field in ("light", "dark", "outline", "simplicity"):
        assert getattr(model, field) not in {getattr(other, field) for other in others}, field
    assert re.fullmatch(r"#[0-9a-f]{6}", model.light)
    assert re.fullmatch(r"#[0-9a-f]{6}", model.dark)


def one_worker(workers: int) -> Executor:
    return ThreadPoolExecutor(workers)


def no_word_of_workers() -> Executor:
    return ThreadPoolExecutor(3)


@pytest.mark.parametrize(
    ("factory", "workers"),
    [("one_worker", 2), ("no_word_of_workers", 3), ("ThreadPoolExecutor", 2)],
)
def test_a_readers_factory_is_called_with_the_number_of_workers_or_with_nothing(
    factory: str, workers: int
) -> None:
    model = find(f"{__name__}:{factory}")
    assert model.kind == "unknown"
    with model.open_pool(2) as pool:
        assert isinstance(pool, ThreadPoolExecutor)
        assert pool._max_workers == workers


def test_executors_of_other_packages_come_after_pythons_own_and_are_asked_of_more_code() -> None:
    for model in EXECUTORS:
        assert model.distribution
        assert models.place(model.name) >= len(MODELS)
        assert model.simplicity > max(one.simplicity for one in MODELS)
        assert model.name not in models.optional_here()


def test_an_unknown_model_is_shown_neutrally_under_its_own_name() -> None:
    unknown = find("gevent's <b>greenlets</b>")
    assert str(unknown.name) == "gevent's <b>greenlets</b>"
    assert unknown.colour == models.NEUTRAL
    assert "<" not in unknown.outline
    assert not unknown.is_apart
    assert unknown.simplicity > max(model.simplicity for model in MODELS)
    with pytest.raises(LookupError, match="no pool of gevent"):
        unknown.open_pool(1)


@pytest.mark.parametrize(
    "model",
    [model for model in EVERY if model.executor and model.kind != "elsewhere"],
    ids=lambda model: model.name,
)
def test_a_pool_opens_first_makes_each_worker_begin_and_then_works(model: Model) -> None:
    with model.open_pool(2, initializer=max, initargs=(1, 2)) as pool:
        assert isinstance(pool, Executor)
        assert pool.submit(divmod, 7, 2).result(30) == (3, 1)


def test_models_are_ordered_as_in_tables_and_unknown_ones_come_last_as_they_came() -> None:
    given = ["x", "threads", "sequential", "a", "threads"]
    assert models.ordered(map(models.stand_in, given)) == ["sequential", "threads", "x", "a"]


def test_what_needs_nothing_is_possible_everywhere() -> None:
    for model in MODELS:
        if model.pool and not model.needs:
            assert model.executor is not None


def test_interpreters_are_optional_and_here_from_python_3_14_on() -> None:
    assert find("interpreters").needs
    assert ("interpreters" in models.optional_here()) == (sys.version_info >= (3, 14))


@pytest.mark.parametrize("pool", ["no_such_module:Pool", "concurrent.futures:NoSuchPool", ""])
def test_a_pool_that_is_not_there_is_none_and_no_error(pool: str) -> None:
    absent = Model(name=models.stand_in("later"), kind="own memory", worker="process", pool=pool)
    assert absent.executor is None


def test_the_style_sheet_gives_each_model_its_colour_in_both_schemes() -> None:
    light, dark = re.findall(r"^(\S+) \{\n([^}]*)\}", models.css(), re.MULTILINE)
    assert light[0] == ":root"
    assert dark[0] == '[data-md-color-scheme="slate"]'
    for model in EVERY:
        assert f"--conc-{model.name}: {model.light};" in light[1]
        assert f"--conc-{model.name}: {model.dark};" in dark[1]
        assert f".conc-of-{model.name} {{ --conc-of: {model.colour}; }}" in models.css()


def test_no_style_sheet_by_hand_sets_the_colour_of_a_model() -> None:
    sheets = (PACKAGE.parent / "docs" / "assets").glob("*.css")
    text = "\n".join(sheet.read_text("utf-8") for sheet in sheets)
    assert not re.search(rf"--conc-({'|'.join(NAMES)}):", text)


def test_the_models_import_nothing_else_of_conc_and_no_pool() -> None:
    program = (
        "import conc.models, sys; "
        "print(*sorted(m for m in sys.modules if m.startswith(('conc', 'multiprocessing'))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    ours = [name for name in run.stdout.split() if not name.startswith("concurrent")]
    assert ours == ["conc", "conc.models"]


def literals(tree: ast.AST) -> Iterator[set[object]]:
    """Yield the texts of each tuple, list, set and dictionary's keys that are written out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            parts = node.keys if isinstance(node, ast.Dict) else node.elts
            yield {part.value for part in parts if isinstance(part, ast.Constant)}


def test_no_other_module_lists_the_models() -> None:
    lists = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for texts in literals(ast.parse(path.read_text("utf-8")))
        if len(texts & set(NAMES)) > MOST_TOGETHER
    }
    assert lists == LISTS
