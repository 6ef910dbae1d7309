"""What is said of machine and interpreter: on invented systems, and on this one."""

import getpass
import importlib
import multiprocessing
import os
import platform
import re
import shutil
import socket
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import msgspec
import psutil
import pytest

from conc.measure import machine
from conc.measure.meter import cpus
from conc.models import MODELS, optional_here
from conc.records import Interpreter, Machine


def write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be Linux, with 8 CPUs for this process and none of the system's programs."""
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(cpus, "allowed", lambda: range(8))
    monkeypatch.setattr(machine, "_output", lambda *_: "")


V2 = {
    "proc/self/cgroup": "0::/app/inner\n",
    "proc/self/mountinfo": "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
}
V1 = {
    "proc/self/cgroup": "4:memory:/a\n2:cpu,cpuacct:/a/b\n1:name=systemd:/a\n",
    "proc/self/mountinfo": (
        "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
        "32 31 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    ),
}


@pytest.mark.usefixtures("linux")
def test_without_limits_every_core_is_usable(tmp_path: Path) -> None:
    assert machine.usable_cores(tmp_path) == (8.0, [])


@pytest.mark.usefixtures("linux")
def test_the_tightest_quota_of_the_cgroup_and_those_above_it_counts(tmp_path: Path) -> None:
    quotas = {
        "sys/fs/cgroup/app/inner/cpu.max": "max 100000\n",
        "sys/fs/cgroup/app/cpu.max": "150000 100000\n",
    }
    usable, limits = machine.usable_cores(write(tmp_path, V2 | quotas))
    assert usable == 1.5
    assert limits == ["the cgroup quota is 1.5 CPUs"]


@pytest.mark.usefixtures("linux")
def test_a_quota_of_the_first_cgroup_version_counts(tmp_path: Path) -> None:
    folder = "sys/fs/cgroup/cpu,cpuacct/a/b/"
    quota = {folder + "cpu.cfs_quota_us": "50000\n", folder + "cpu.cfs_period_us": "100000\n"}
    assert machine.usable_cores(write(tmp_path, V1 | quota))[0] == 0.5


@pytest.mark.usefixtures("linux")
def test_no_quota_of_the_first_cgroup_version_limits_nothing(tmp_path: Path) -> None:
    folder = "sys/fs/cgroup/cpu,cpuacct/a/b/"
    quota = {folder + "cpu.cfs_quota_us": "-1\n", folder + "cpu.cfs_period_us": "100000\n"}
    assert machine.usable_cores(write(tmp_path, V1 | quota)) == (8.0, [])


@pytest.mark.usefixtures("linux")
def test_a_container_that_sees_only_its_own_part_of_the_hierarchy_finds_its_quota(
    tmp_path: Path,
) -> None:
    files = {
        "proc/self/cgroup": "0::/pods/this\n",
        "proc/self/mountinfo": "31 23 0:28 /pods/this /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
        "sys/fs/cgroup/cpu.max": "200000 100000\n",
    }
    assert machine.usable_cores(write(tmp_path, files))[0] == 2.0


@pytest.mark.usefixtures("linux")
def test_a_quota_above_the_affinity_takes_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpus, "allowed", lambda: {4, 5})
    quota = {"sys/fs/cgroup/app/cpu.max": "400000 100000\n"}
    usable, limits = machine.usable_cores(write(tmp_path, V2 | quota))
    assert usable == 2.0
    assert limits == ["affinity leaves 2 of 8 CPUs"]


@pytest.mark.parametrize(("usable", "cores"), [(0.5, 1), (1.0, 1), (2.9, 2), (4.0, 4)])
def test_a_setting_has_whole_cores_and_at_least_one(
    usable: float, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "usable_cores", lambda: (usable, []))
    assert machine.setting("quick").cores == cores


@pytest.mark.usefixtures("linux")
def test_linux_is_described_from_its_files(tmp_path: Path) -> None:
    files = {
        "proc/cpuinfo": "processor\t: 0\nmodel name\t: Invented  CPU @ 2 GHz\nflags\t: fpu\n\n",
        "sys/devices/system/cpu/cpufreq/policy0/scaling_governor": "powersave\n",
        "sys/devices/system/cpu/cpufreq/policy1/scaling_governor": "powersave\n",
    }
    for cpu in range(8):
        low = cpu // 2 * 2
        files[f"sys/devices/system/cpu/cpu{cpu}/topology/core_cpus_list"] = f"{low}-{low + 1}\n"
    described = machine.describe_machine(write(tmp_path, files))
    assert described.cpu == "Invented CPU @ 2 GHz"
    assert (described.cores, described.physical_cores, described.threads_per_core) == (8, 4, 2)
    assert described.frequency_scaling == "powersave"
    assert described.virtualisation is None
    assert described.system == "Linux"


@pytest.mark.usefixtures("linux")
def test_what_linux_does_not_tell_is_absent(tmp_path: Path) -> None:
    described = machine.describe_machine(tmp_path)
    assert described.physical_cores is None
    assert described.threads_per_core is None
    assert described.frequency_scaling is None
    assert described.cpu


@pytest.mark.usefixtures("linux")
def test_the_siblings_of_older_kernels_tell_the_threads_of_a_core(tmp_path: Path) -> None:
    topology = {
        f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list": f"{cpu % 2},{cpu % 2 + 2}"
        for cpu in range(4)
    }
    described = machine.describe_machine(write(tmp_path, topology))
    assert (described.physical_cores, described.threads_per_core) == (2, 2)


@pytest.mark.usefixtures("linux")
def test_an_arm_processor_is_named_by_lscpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = '{"lscpu": [{"field": "CPU(s):", "data": "4"},'
    answer += ' {"field": "Model name:", "data": "Neoverse-N1"}]}'
    monkeypatch.setattr(machine, "_output", lambda *words: answer if "lscpu" in words else "")
    cpuinfo = {"proc/cpuinfo": "processor: 0\nCPU implementer: 0x41\nCPU part: 0xd0c\n"}
    assert machine.describe_machine(write(tmp_path, cpuinfo)).cpu == "Neoverse-N1"


@pytest.mark.usefixtures("linux")
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({"proc/cpuinfo": "processor : 0\nflags : fpu hypervisor\n"}, "a virtual machine"),
        ({"sys/hypervisor/type": "xen\n"}, "xen"),
        ({"sys/class/dmi/id/sys_vendor": "QEMU\n"}, "QEMU"),
        ({"sys/class/dmi/id/product_name": "Ada's own laptop\n"}, None),
        ({".dockerenv": "", "sys/hypervisor/type": "xen\n"}, "docker on xen"),
        ({"run/.containerenv": ""}, "podman"),
    ],
)
def test_virtualisation_is_told_without_naming_a_product_that_could_name_a_person(
    files: dict[str, str], expected: str | None, tmp_path: Path
) -> None:
    assert machine.describe_machine(write(tmp_path, files)).virtualisation == expected


@pytest.mark.usefixtures("linux")
def test_systemd_tells_what_linux_runs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"--vm": "kvm\n", "--container": "lxc\n"}
    monkeypatch.setattr(machine, "_output", lambda _, *words: answers.get(words[0], ""))
    assert machine.describe_machine(tmp_path).virtualisation == "lxc on kvm"


def test_macos_is_described_by_sysctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"machdep.cpu.brand_string": "Apple M9\n", "kern.hv_vmm_present": "1\n"}
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(machine, "_output", lambda *words: answers[words[-1]])
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(psutil, "cpu_count", lambda **_: 8)
    described = machine.describe_machine(tmp_path)
    assert described.cpu == "Apple M9"
    assert described.system == "macOS"
    assert described.virtualisation == "a virtual machine"
    assert described.threads_per_core == 1


def test_windows_is_described_by_its_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"ProcessorNameString": "Invented Core i9 ", "SystemProductName": "Virtual Machine"}
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(platform, "version", lambda: "10.0.26100")
    monkeypatch.setattr(machine, "_registry", lambda _, name: values[name])
    described = machine.describe_machine(tmp_path)
    assert described.cpu == "Invented Core i9"
    assert described.kernel == "10.0.26100"
    assert described.virtualisation == "Hyper-V"


def test_a_start_method_of_another_package_is_not_the_standard_librarys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed = ["forkserver", "fork", "spawn", "loky"]
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: listed)
    assert machine.start_methods() == listed[:3]


def test_the_gil_is_looked_at_after_the_imports_of_a_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported: list[str] = []
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _: 1)
    monkeypatch.setattr(importlib, "import_module", imported.append)
    monkeypatch.setattr(
        sys, "_is_gil_enabled", lambda: imported == list(machine.PACKAGES), raising=False
    )
    described = machine.describe_interpreter()
    assert described.build == "free-threaded"
    assert described.gil
    assert described.gil_by == machine.PACKAGES[-1]


def test_what_switches_the_gil_back_on_is_named_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported: list[str] = []
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _: 1)
    monkeypatch.setattr(importlib, "import_module", imported.append)
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: "numpy" in imported, raising=False)
    assert machine.describe_interpreter().gil_by == "numpy"
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    assert machine.describe_interpreter().gil_by == ""
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: True, raising=False)
    described = machine.describe_interpreter()
    assert described.gil
    assert described.gil_by == "", "it was on before any import, by the user's wish"


def test_this_interpreter_is_described() -> None:
    described = machine.describe_interpreter()
    assert described.version == platform.python_version()
    assert described.start_method == described.start_methods[0]
    needed = {model.distribution for model in MODELS if model.distribution and model.executor}
    assert set(described.packages) == {*machine.PACKAGES, *needed}
    assert all(
        described.offers(model) == (model.name in optional_here())
        for model in MODELS
        if model.needs
    )


def test_the_records_of_this_machine_survive_their_own_schema() -> None:
    described = machine.describe_machine()
    assert msgspec.json.decode(msgspec.json.encode(described), type=Machine) == described
    python = machine.describe_interpreter()
    assert msgspec.json.decode(msgspec.json.encode(python), type=Interpreter) == python


def test_no_host_user_or_path_is_in_the_records() -> None:
    records = msgspec.json.encode([machine.describe_machine(), machine.describe_interpreter()])
    said = records.decode()
    for private in (socket.gethostname(), getpass.getuser(), str(Path.home())):
        # As a word of its own: a host that is called "vm" must not be found in "vmlinux".
        assert not re.search(rf"(?<![\w-]){re.escape(private)}(?![\w-])", said), private
    assert not re.search(r'"[^"]*(?:[A-Za-z]:\\|/(?:home|Users|root|tmp|usr|opt)\b)', said)


def test_a_program_that_is_not_installed_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert machine._output("lscpu", "--json") == ""
