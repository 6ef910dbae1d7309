"""Screens drawn again from bytes, and the rows found on them."""

from conc.results.screen import header_names, listed, replay


def lines_of(text: str, width: int = 60) -> list[str]:
    return list(replay(text.encode(), width, text.count("\n") + 1).display)


def test_a_row_is_known_by_the_id_in_its_pid_column() -> None:
    lines = lines_of("Tasks: 2\n\n  PID USER  COMMAND\n   12 root  a 99\n    7 root  b\n")
    assert listed(lines) == [(3, 12), (4, 7)]


def test_a_row_with_a_thread_id_is_known_by_that() -> None:
    lines = lines_of("UID  PID PPID  LWP CMD\nroot  1    0    1 a\nroot  1    0    5 a\n")
    assert [number for _, number in listed(lines)] == [1, 5]


def test_lines_without_an_id_are_no_rows() -> None:
    assert listed(lines_of("  PID CMD\n    1 a\n\nF1Help F2Setup\n")) == [(1, 1)]


def test_nothing_is_listed_before_the_header_is_there() -> None:
    assert listed(lines_of("    1 a\n    2 b\n")) == []


def test_the_mark_of_the_sorted_column_is_not_part_of_its_name() -> None:
    assert header_names("  PID△  TGID CPU%▽MEM%") == ["PID", "TGID", "CPU%", "MEM%"]


def test_what_was_overwritten_is_not_on_the_screen() -> None:
    assert lines_of("  PID CMD\n    1 a\x1b[2;5H7")[1].split() == ["7", "a"]
