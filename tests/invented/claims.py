"""What rules read that no simulation needs: counts, and screens."""

import msgspec

from conc.claims import ledger
from conc.claims.judge import judge
from conc.claims.worlds import made, measured, result
from conc.records import Capture, KernelThread, ListingRow, Result, Verdict
from conc.results.evidence import Evidence


def verdict(claim_id: str, of: Result) -> Verdict:
    """Judge one claim of the ledger by a result."""
    return judge(ledger.get(claim_id), Evidence(of))


def identities(*, own: int = 5, pools: int = 0) -> Result:
    values = {"python_threads": 5.0, "os_thread_ids": float(own), "pools": float(pools)}
    return result(measured("identities", made("threads", workers=5, values=values)))


def shared_memory(*, seen: float = 0, on_purpose: float | None = 1, own: float = 2e6) -> Result:
    arms = [made("processes", values={"parent_sees": seen}, form="global")]
    if on_purpose is not None:
        arms.append(made("processes", values={"parent_sees": on_purpose}, form="shared_memory"))
    arms.append(made("processes", values={"uss_bytes": own, "rss_bytes": 16e6}, form="inherited"))
    return result(measured("shared-memory", *arms))


def many_waiting(started: float) -> Result:
    arm = made("threads", workers=1000, values={"started": started})
    return result(measured("many-waiting", arm))


def listings(htop: list[int], top: list[int] | None = None, *, missing: str = "") -> Result:
    captures = [
        thread_listing("htop", "as installed", htop, missing=missing),
        thread_listing("top", "-b", [1] if top is None else top),
    ]
    return result(msgspec.structs.replace(measured("listings"), captures=captures))


def thread_listing(tool: str, view: str, rows: list[int], *, missing: str = "") -> Capture:
    """Capture a program with the process 1 and the further threads 2 to 5."""
    if missing:
        return Capture(program="threads", tool=tool, view=view, missing=missing)
    return Capture(
        program="threads",
        tool=tool,
        view=view,
        version="3.2.2",
        rows=[ListingRow(line=line, id=shown) for line, shown in enumerate(rows)],
        truth=[KernelThread(id=number, tgid=1, ppid=0, name="python") for number in range(1, 6)],
    )
