"""The published shape of a result file, made from the records themselves."""

from typing import Any

import msgspec

from conc.records import FORMAT, Result


def result_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the result file of this format.

    It says what each field may hold. That records name each other correctly, e.g. that a sample
    is of a known case, is checked by :func:`conc.results.store.load` alone.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:conc:result:{FORMAT}",
        "title": f"conc result, format {FORMAT}",
        **msgspec.json.schema(Result),
    }
