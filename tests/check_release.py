"""Build what is released, and check it: ``python -m tests.check_release DIST``.

The wheel is installed with its dependencies into an environment of its own and used from an empty
folder, as somebody does who has no repository.
"""

import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

from packaging.metadata import Metadata

import conc
from tests.tracked import ROOT


def built(folder: Path) -> tuple[Path, Path]:
    """Build the wheel and the source distribution into an empty folder, and return both."""
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    (wheel,), (source,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, source


def check_metadata(wheel: Path, source: Path) -> None:
    """Raise where the metadata of either is invalid, or names another version than the code."""
    with zipfile.ZipFile(wheel) as files:
        (name,) = (name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        written = [files.read(name)]
    with tarfile.open(source) as archive:
        info = archive.extractfile(f"{source.name.removesuffix('.tar.gz')}/PKG-INFO")
        assert info is not None
        written.append(info.read())
    for text in written:
        metadata = Metadata.from_email(text, validate=True)
        assert (metadata.name, str(metadata.version)) == ("conc-measured", conc.__version__)


MODULES = {
    "snippets/__init__.py": "raise ImportError('this is the reader’s')",
    "tests/__init__.py": "raise ImportError('this is the reader’s')",
    "conc.py": "raise ImportError('this is the reader’s')",
    "work/__init__.py": "",
    "work/numbers.py": "def upto(number):\n    return range(number)\n",
    "work/fast.py": (
        "from .numbers import upto\n\n\ndef add_up(number):\n    return sum(upto(number))\n"
    ),
}
"""A reader's own modules, some of them named as ours are."""


def write_modules(folder: Path) -> None:
    """Make a folder as a reader may have it."""
    for name, text in MODULES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def use(wheel: Path) -> None:
    """Install the wheel into an environment of its own, and use it in the folder of a reader."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(Path(folder, "venv"), with_pip=True)
        write_modules(Path(folder))
        program = Path(folder, "venv", "Scripts" if sys.platform == "win32" else "bin")
        constraints = str(ROOT / "constraints.txt")
        for command in (
            ["python", "-m", "pip", "install", "--quiet", "-c", constraints, str(wheel.resolve())],
            ["conc", "list"],
            ["conc", "measure", "identities", "--profile", "smoke", "--results", "results"],
            ["conc", "try", "work.fast:add_up", "200000", "300000", "--seconds", "3"],
        ):
            subprocess.run([program / command[0], *command[1:]], cwd=folder, check=True)


def main() -> None:
    """Build into the folder that is named, which must be empty, and check what was built."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        sys.exit(f"{folder}: is not empty; remove what is in it first")
    wheel, source = built(folder)
    check_metadata(wheel, source)
    use(wheel)
    print(f"{wheel.name} and {source.name} are in {folder}")  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
