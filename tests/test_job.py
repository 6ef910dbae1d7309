"""The note that a job leaves: written before anything is installed, whatever becomes of the job."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from conc import job
from conc.errors import ConcError
from conc.job import Job
from conc.results import jobs

NOTE = Job(image="ubuntu-24.04", python="3.14t", commit="a" * 40, run=12, at="installing")


def test_the_command_writes_what_the_hosting_service_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_SHA", "a" * 40)
    monkeypatch.setenv("GITHUB_RUN_ID", "12")
    asked = [str(tmp_path / "x"), "--image", "ubuntu-24.04", "--python", "3.14t"]
    assert job.main([*asked, "--at", "installing"]) == 0
    ((upload,), refused) = jobs.uploads(tmp_path)
    assert (upload.job, upload.files, refused) == (NOTE, (), [])


def test_without_a_run_nothing_is_written_and_a_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_RUN_ID", raising=False)
    monkeypatch.setenv("GITHUB_SHA", "a" * 40)
    asked = [str(tmp_path / "x"), "--image", "x", "--python", "3.14", "--at", "done"]
    assert "run can't be 0" in str(job.main(asked))
    assert not (tmp_path / "x").exists()


def test_it_needs_nothing_that_has_to_be_installed() -> None:
    code = "import sys, conc.job; print(*(n for n in sys.modules if n.startswith('conc')))"
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", code],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["conc", "conc.job"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"image": "<script>"}, "names a image that can't be"),
        ({"image": "../x"}, "names a image that can't be"),
        ({"python": "3.14 "}, "names a python that can't be"),
        ({"commit": "main"}, "names a commit that can't be"),
        ({"run": -1}, "names a run that can't be"),
        ({"run": "1"}, "is no note of a job"),
        ({"at": "done\n"}, "names a at that can't be"),
    ],
)
def test_a_note_that_can_not_be_is_refused_in_a_line(
    tmp_path: Path, change: dict[str, object], says: str
) -> None:
    folder = tmp_path / "x"
    job.write(NOTE, folder)
    note = msgspec.json.decode((folder / job.FILE).read_bytes())
    (folder / job.FILE).write_bytes(msgspec.json.encode({**note, **change}))
    found, (line,) = jobs.uploads(tmp_path)
    assert found == []
    assert says in line
    assert line.isprintable()


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 3_000, b" " * 5_000])
def test_what_is_no_note_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / job.FILE).write_bytes(content)
    assert jobs.uploads(tmp_path)[0] == []
    assert len(jobs.uploads(tmp_path)[1]) == 1


def test_a_folder_without_a_job_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(ConcError, match="holds no folder of a job"):
        jobs.uploads(tmp_path)
    with pytest.raises(ConcError, match="can't be read"):
        jobs.uploads(tmp_path / "none")


@pytest.mark.skipif(sys.platform == "win32", reason="making a link needs a privilege there")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    job.write(NOTE, tmp_path / "x")
    (tmp_path / "x" / "result.json").symlink_to(tmp_path / "elsewhere.json")
    (tmp_path / "elsewhere.json").write_text("{}", encoding="utf-8")
    (tmp_path / "y").symlink_to(tmp_path / "x")
    found, refused = jobs.uploads(tmp_path)
    assert found == []
    assert sorted(refused) == [
        "x: a link in place of a result file",
        "y: a link, which is not followed",
    ]
