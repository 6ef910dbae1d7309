"""The CPU time of a process tree on Windows, ended children included: by a job object.

Windows adds nothing of an ended child to its parent. A job object does add up all processes that
were ever in it, and children are born into their parent's job.
"""

import ctypes
import sys
from functools import cache

TICKS_PER_S = 10_000_000  # Windows counts time in units of 100 ns

if sys.platform == "win32":
    from ctypes import wintypes

    BASIC_ACCOUNTING_INFORMATION = 1

    class _Accounting(ctypes.Structure):
        """JOBOBJECT_BASIC_ACCOUNTING_INFORMATION."""

        _fields_ = (
            ("total_user_time", wintypes.LARGE_INTEGER),
            ("total_kernel_time", wintypes.LARGE_INTEGER),
            ("this_period_user_time", wintypes.LARGE_INTEGER),
            ("this_period_kernel_time", wintypes.LARGE_INTEGER),
            ("total_page_fault_count", wintypes.DWORD),
            ("total_processes", wintypes.DWORD),
            ("active_processes", wintypes.DWORD),
            ("total_terminated_processes", wintypes.DWORD),
        )

    @cache
    def _kernel32() -> ctypes.WinDLL:
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel32.CreateJobObjectW.restype = wintypes.HANDLE
        kernel32.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
        kernel32.GetCurrentProcess.restype = wintypes.HANDLE
        kernel32.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
        kernel32.QueryInformationJobObject.argtypes = (
            wintypes.HANDLE,
            ctypes.c_int,
            wintypes.LPVOID,
            wintypes.DWORD,
            wintypes.LPDWORD,
        )
        return kernel32

    @cache
    def _joined() -> int | None:
        """Put this process into a job of its own and return its handle; ``None`` if refused."""
        kernel32 = _kernel32()
        job: int | None = kernel32.CreateJobObjectW(None, None)
        if job and kernel32.AssignProcessToJobObject(job, kernel32.GetCurrentProcess()):
            return job
        return None

    def cpu_times() -> tuple[float, float] | None:
        """Return the user and system seconds of all processes since the first call."""
        job, accounting = _joined(), _Accounting()
        if job is None or not _kernel32().QueryInformationJobObject(
            job,
            BASIC_ACCOUNTING_INFORMATION,
            ctypes.byref(accounting),
            ctypes.sizeof(accounting),
            None,
        ):
            return None
        return (
            accounting.total_user_time / TICKS_PER_S,
            accounting.total_kernel_time / TICKS_PER_S,
        )
