"""What the machine and the interpreter are, and never whose: no host name, user, address or path.

Linux tells by files: everything below ``root`` is read from there, so that tests bring their own.
macOS and Windows tell by ``sysctl`` and the registry.
"""

import importlib
import importlib.metadata
import json
import multiprocessing
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

import psutil

from conc.experiments.experiment import Setting
from conc.measure.meter import cpus
from conc.models import find, optional_here
from conc.records import Interpreter, Machine, Profile

if sys.platform == "win32":
    import winreg

ROOT = Path("/")
START_METHODS = ("fork", "forkserver", "spawn")
PACKAGES = ("aiohttp", "msgspec", "numpy", "psutil")
"""What workers import, and so what can bend a figure or switch the GIL back on."""

VIRTUAL_PRODUCTS = {
    "Amazon EC2": "Amazon EC2",
    "Apple Virtualization": "Apple Virtualization",
    "Google Compute Engine": "Google Compute Engine",
    "KVM": "KVM",
    "QEMU": "QEMU",
    "Virtual Machine": "Hyper-V",
    "VirtualBox": "VirtualBox",
    "VMware": "VMware",
}
"""Product names of virtual machines. Any other product name could be a person's: it is not kept."""


def describe_machine(root: Path = ROOT) -> Machine:
    """Describe the hardware, what limits this process on it, and the operating system."""
    system = platform.system()
    cores = os.cpu_count() or 1
    physical, threads_per_core = _topology(root) if system == "Linux" else _topology_elsewhere()
    usable, limits = usable_cores(root)
    return Machine(
        cpu=_cpu_model(root),
        architecture=platform.machine(),
        cores=cores,
        physical_cores=physical,
        usable_cores=usable,
        limits=limits,
        threads_per_core=threads_per_core,
        memory=_memory(),
        system={"Darwin": "macOS"}.get(system, system),
        kernel=platform.version() if system == "Windows" else platform.release(),
        virtualisation=_virtualisation(root),
        frequency_scaling=_frequency_scaling(root),
    )


def describe_interpreter() -> Interpreter:
    """Describe this Python, its GIL after importing all that a worker imports."""
    free_threaded = sysconfig.get_config_var("Py_GIL_DISABLED") == 1
    methods = start_methods()
    gil, gil_by = _gil_after_imports() if free_threaded else (True, "")
    return Interpreter(
        implementation=platform.python_implementation(),
        version=platform.python_version(),
        build="free-threaded" if free_threaded else "GIL-enabled",
        gil=gil,
        gil_by=gil_by,
        compiler=platform.python_compiler(),
        start_method=methods[0],
        start_methods=methods,
        interpreters="interpreters" in optional_here(),
        switch_interval_s=sys.getswitchinterval(),
        jit=_jit(),
        packages={name: importlib.metadata.version(name) for name in _packages()},
    )


def start_methods() -> list[str]:
    """Return how the standard library starts processes here, the default first.

    A package that brings methods of its own, as loky does, adds them to the list when imported.
    """
    return [one for one in multiprocessing.get_all_start_methods() if one in START_METHODS]


def setting(profile: Profile) -> Setting:
    """Return what decides which cases make sense here; ``cores`` is whole, and at least 1."""
    usable, _ = usable_cores()
    return Setting(
        profile=profile,
        cores=max(1, int(usable)),
        optional=optional_here(),
        start_methods=tuple(start_methods()),
        gil=_gil_is_on(),
    )


def usable_cores(root: Path = ROOT) -> tuple[float, list[str]]:
    """Return how many CPUs this process may use at once, and in words what took some away."""
    cores = os.cpu_count() or 1
    allowed = len(cpus.allowed())
    limits = []
    if allowed < cores:
        limits.append(f"affinity leaves {allowed} of {cores} CPUs")
    quota = _cgroup_quota(root)
    if quota is None or quota >= allowed:
        return float(allowed), limits
    return quota, [*limits, f"the cgroup quota is {quota:g} CPUs"]


def _cgroup_quota(root: Path) -> float | None:
    """Return the tightest quota, in CPUs, on the way from this process' cgroups to the top."""
    quotas = [
        quota
        for version, folder in _cgroup_folders(root)
        if (quota := _quota_v2(folder) if version == "cgroup2" else _quota_v1(folder)) is not None
    ]
    return min(quotas, default=None)


def _quota_v2(folder: Path) -> float | None:
    words = _text(folder / "cpu.max").split()
    return None if not words or words[0] == "max" else int(words[0]) / int(words[1])


def _quota_v1(folder: Path) -> float | None:
    quota, period = _text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us")
    return None if not quota or int(quota) <= 0 else int(quota) / int(period)


def _cgroup_folders(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the hierarchy's version and each folder that binds this process' CPU time."""
    paths = {}
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, ours = line.split(":", 2)
        if not controllers or "cpu" in controllers.split(","):
            paths["cgroup" if controllers else "cgroup2"] = PurePosixPath(ours)
    for line in _text(root / "proc/self/mountinfo").splitlines():
        mount, _, kind = line.partition(" - ")
        version, _, options = kind.split(" ", 2)
        if version not in paths or (version == "cgroup" and "cpu" not in options.split(",")):
            continue
        top, point = mount.split()[3:5]
        # In a container the mount can show another part of the hierarchy than the one we are in.
        path = paths[version]
        within = path.relative_to(top) if path.is_relative_to(top) else PurePosixPath()
        for folder in (within, *within.parents):
            yield version, root / point.lstrip("/") / folder


def _cpu_model(root: Path) -> str:
    system = platform.system()
    if system == "Darwin":
        model = _output("sysctl", "-n", "machdep.cpu.brand_string")
    elif system == "Windows":
        model = _registry(r"HARDWARE\DESCRIPTION\System\CentralProcessor\0", "ProcessorNameString")
    else:
        model = _cpuinfo(root).get("model name", "") or _lscpu_model()
    return " ".join(model.split()) or platform.processor() or platform.machine() or "unknown"


def _cpuinfo(root: Path) -> dict[str, str]:
    """Return what ``/proc/cpuinfo`` says of the first CPU."""
    first, _, _ = _text(root / "proc/cpuinfo").partition("\n\n")
    lines = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def _lscpu_model() -> str:
    """Ask ``lscpu``, which knows the names behind the part numbers that Arm gives."""
    answer = _output("lscpu", "--json")
    fields = json.loads(answer)["lscpu"] if answer else []
    return next((str(f["data"]) for f in fields if f["field"] == "Model name:"), "")


def _topology(root: Path) -> tuple[int | None, int | None]:
    """Return how many physical cores there are, and the threads (SMT) of each; guests may lie."""
    cpus = (root / "sys/devices/system/cpu").glob("cpu[0-9]*/topology")
    siblings = {
        listed
        for cpu in cpus
        if (listed := _text(cpu / "core_cpus_list") or _text(cpu / "thread_siblings_list"))
    }
    if not siblings:
        return None, None
    return len(siblings), max(map(_listed, siblings))


def _listed(cpus: str) -> int:
    """Count the CPUs of a list such as ``0-3,8``."""
    ends = (part.split("-") for part in cpus.split(","))
    return sum(int(end[-1]) - int(end[0]) + 1 for end in ends)


def _topology_elsewhere() -> tuple[int | None, int | None]:
    physical = psutil.cpu_count(logical=False)
    return physical, (os.cpu_count() or 1) // physical if physical else None


def _memory() -> int:
    """Return the installed memory in bytes; a cgroup's limit is not regarded."""
    if sys.platform == "win32":
        memory = int(psutil.virtual_memory().total)
    else:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")  # psutil would need /proc
    return memory


def _virtualisation(root: Path) -> str | None:
    """Say what this system runs in, as far as it can tell: ``docker on kvm``, or ``None``."""
    kinds = (_container(root), _virtual_machine(root))
    return " on ".join(kind for kind in kinds if kind) or None


def _container(root: Path) -> str:
    if platform.system() != "Linux":
        return ""
    if (root / ".dockerenv").exists():
        return "docker"
    if (root / "run/.containerenv").exists():
        return "podman"
    return _detected("--container")


def _virtual_machine(root: Path) -> str:
    system = platform.system()
    if system == "Darwin":
        present = _output("sysctl", "-n", "kern.hv_vmm_present").strip() == "1"
        return "a virtual machine" if present else ""
    if system == "Windows":
        return _virtual_product(_registry(r"HARDWARE\DESCRIPTION\System\BIOS", "SystemProductName"))
    dmi = root / "sys/class/dmi/id"
    flagged = "hypervisor" in _cpuinfo(root).get("flags", "").split()
    return (
        _detected("--vm")
        or _text(root / "sys/hypervisor/type")
        or _virtual_product(f"{_text(dmi / 'sys_vendor')} {_text(dmi / 'product_name')}")
        or ("a virtual machine" if flagged else "")
    )


def _detected(kind: str) -> str:
    answer = _output("systemd-detect-virt", kind).strip()
    return "" if answer == "none" else answer


def _virtual_product(product: str) -> str:
    return next((name for mark, name in VIRTUAL_PRODUCTS.items() if mark in product), "")


def _frequency_scaling(root: Path) -> str | None:
    """Return the governors of cpufreq in use, ``None`` where the system does not tell."""
    policies = (root / "sys/devices/system/cpu/cpufreq").glob("policy*/scaling_governor")
    return ", ".join(sorted({_text(policy) for policy in policies} - {""})) or None


def _packages() -> tuple[str, ...]:
    """Name the packages whose versions count: what workers import, and what a model needs."""
    needed = (find(name).distribution for name in optional_here())
    return (*PACKAGES, *filter(None, needed))


def _gil_after_imports() -> tuple[bool, str]:
    """Import what workers import; return whether the GIL is on then, and what switched it on."""
    for name in PACKAGES:
        was_on = _gil_is_on()
        importlib.import_module(name)
        if _gil_is_on() and not was_on:
            return True, name
    return _gil_is_on(), ""


def _gil_is_on() -> bool:
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def _jit() -> bool | None:
    jit = getattr(sys, "_jit", None)
    return None if jit is None else bool(jit.is_enabled())


def _text(path: Path) -> str:
    """Return a small file's text, empty where this system has no such file or does not show it."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _output(program: str, *arguments: str) -> str:
    """Return what a system's program prints, empty where it is not installed."""
    found = shutil.which(program)
    if found is None:
        return ""
    done = subprocess.run(  # noqa: S603 - a fixed program of the system, found on PATH
        [found, *arguments],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    return done.stdout


def _registry(key: str, name: str) -> str:
    """Return a value below HKEY_LOCAL_MACHINE, empty where there is none."""
    if sys.platform == "win32":
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
            return str(winreg.QueryValueEx(opened, name)[0])
    return ""
