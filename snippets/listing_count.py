"""How many processes, and how many threads, has a program? Ask from Python, with psutil."""

import sys

import psutil


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all its descendants."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def thread_ids(process: psutil.Process) -> list[int]:
    """Return the ids of a process's threads; on Linux the first of them is its PID."""
    return [thread.id for thread in process.threads()]


def table(pid: int) -> str:
    """Return one line a process: its PID, how many threads it has, and their ids."""
    lines = [f"{'PID':>7} {'THREADS':>7}  IDS"]
    for process in family(pid):
        try:
            ids = " ".join(map(str, thread_ids(process)))
        except psutil.AccessDenied:  # macOS lets only root see another process's threads
            ids = "-"
        lines.append(f"{process.pid:>7} {process.num_threads():>7}  {ids}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(int(sys.argv[1])))
