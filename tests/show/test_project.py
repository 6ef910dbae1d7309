"""The way to the project, with and without its address."""

import pytest

from conc import show

ADDRESS = "https://example.org/someone/conc"


def test_with_its_address_the_commands_can_be_copied_as_they_stand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONC_REPO_URL", f"{ADDRESS}/")
    assert f"$ git clone {ADDRESS} conc\n$ cd conc\n$ make serve\n" in show.clone()
    assert f"$ pipx run --spec git+{ADDRESS} conc try " in show.without_clone()
    assert f"$ uv run --with git+{ADDRESS} conc try " in show.without_clone(beside=True)


def test_without_it_no_address_is_invented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONC_REPO_URL", raising=False)
    assert show.clone().startswith("In a clone of this project:")
    assert "git clone" not in show.clone()
    assert "<address of this repository>" in show.without_clone()
