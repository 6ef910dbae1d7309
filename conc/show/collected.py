"""What the files of other machines and interpreters say, as it is kept from build to build."""

from dataclasses import dataclass

from conc.claims.findings import Finding


@dataclass(frozen=True, slots=True)
class Collected:
    """The findings of files, the body of each one's page, and the files' names, in one order.

    ``left_out`` says of each file that could not be read why.
    """

    findings: tuple[Finding, ...] = ()
    bodies: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


NOTHING = Collected()
"""There is no other file."""
