"""Every link of the built site leads somewhere, with machines and verdicts that are generated."""

from pathlib import Path

from tests.check_site import Site


def test_every_link_of_the_site_leads_to_a_page_a_file_or_a_place(site: Path) -> None:
    assert [*Site(site).broken()] == []
