"""The axe-core that looks at the pages is the published one, and it finds what is wrong."""

from playwright.sync_api import BrowserContext

from tests.site import axe


def test_the_file_is_the_version_that_its_hash_belongs_to() -> None:
    assert f"axe v{axe.VERSION}" in axe.script()[:100]


def test_its_version_and_its_licence_stand_beside_it() -> None:
    folder = axe.FILE.parent
    assert "Mozilla Public License" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert f"v{axe.VERSION}" in (folder.parent / "README.md").read_text(encoding="utf-8")


def test_a_picture_without_words_is_found(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_content("<html lang=en><title>A page</title><main><h1>A page</h1><img src=''></main>")
    assert [line.partition(":")[0] for line in axe.violations(page)] == ["image-alt"]
