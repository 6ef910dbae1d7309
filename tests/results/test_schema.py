"""The published schema: what conc saves fits it, and what conc refuses does not."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from conc.records import Result
from conc.results import store
from conc.results.schema import result_schema


@pytest.fixture
def saved(result: Result, tmp_path: Path) -> dict[str, Any]:
    """Return a saved result as plain JSON data."""
    store.save(result, tmp_path / "result.json")
    data: dict[str, Any] = json.loads((tmp_path / "result.json").read_bytes())
    return data


def test_a_saved_result_fits_the_schema(saved: dict[str, Any]) -> None:
    """Others can check and read our files by the schema alone."""
    jsonschema.Draft202012Validator.check_schema(result_schema())
    jsonschema.validate(saved, result_schema(), cls=jsonschema.Draft202012Validator)


def test_an_unknown_field_does_not_fit_the_schema(saved: dict[str, Any]) -> None:
    """The schema is as closed as the reader is."""
    saved["machine"]["hostname"] = "hal"
    with pytest.raises(jsonschema.ValidationError, match="hostname"):
        jsonschema.validate(saved, result_schema(), cls=jsonschema.Draft202012Validator)


def test_a_result_of_the_first_format_fits_the_schema(saved: dict[str, Any]) -> None:
    """Its samples lack what others used, which may be absent."""
    for sample in saved["measurements"]["compute"]["samples"]:
        del sample["others_cores"], sample["stolen"]
    jsonschema.validate(saved, result_schema(), cls=jsonschema.Draft202012Validator)


def test_a_negative_time_does_not_fit_the_schema(saved: dict[str, Any]) -> None:
    """The bounds of the numbers are part of the schema."""
    saved["measurements"]["compute"]["samples"][0]["wall_s"] = -1.0
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(saved, result_schema(), cls=jsonschema.Draft202012Validator)


def test_the_schema_names_itself_and_its_format() -> None:
    """A reader of the file alone knows what it describes."""
    assert result_schema()["$id"] == "urn:conc:result:2"
    assert result_schema()["title"] == "conc result, format 2"
