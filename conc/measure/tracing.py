"""One traced execution of the ten dishes, for whoever asks in a terminal."""

from conc.errors import ConcError
from conc.experiments.experiment import Setting
from conc.experiments.kitchens import dishes
from conc.measure.launcher import CaseFailedError, Launcher, ProcessLauncher, Worker
from conc.measure.machine import setting as setting_here
from conc.measure.rounds import crew
from conc.measure.service import ratings_service
from conc.models import NAMES, ModelName
from conc.results import chrome_trace


def trace(
    work: str,
    model: str,
    *,
    launcher: Launcher | None = None,
    setting: Setting | None = None,
) -> dict[str, object]:
    """Cook ten dishes once in a fresh worker process; return the trace in Chrome's format.

    ``work`` is cpu, io or mixed. Raises :class:`ConcError` for a work or model that is not known,
    or not possible here, and where the execution fails or leaves no trace.
    """
    setting = setting or setting_here("quick")
    case = dishes.make_case(dishes.find_work(work), _possible(model, setting), setting)
    workers: list[Worker] = []
    launching = (launcher or ProcessLauncher()).run_of(dishes.EXPERIMENT, fresh=True)
    with ratings_service() as service, launching as launch, crew(workers):
        workers.append(launch([case], service.address))
        try:
            workers[0].ready()
            timing = workers[0].time(case)
        except CaseFailedError as error:
            raise ConcError(f"{model} {error.kind}: {error.detail}") from error
    if not timing.spans:
        raise ConcError(
            f"no trace of {model}: the processes of this system share no clock, or it was"
            f" interrupted more than {dishes.MOST_SPANS} times; try again or another model"
        )
    return chrome_trace.to_chrome(timing.spans, case.id)


def _possible(name: str, setting: Setting) -> ModelName:
    possible = dishes.possible_models(setting)
    for model in possible:
        if model == name:
            return model
    known = ", ".join(possible)
    if name in NAMES:
        raise ConcError(f"{name} can't be traced on this interpreter and system; possible: {known}")
    raise ConcError(f"no model is named {name!r}: choose from {known}")
