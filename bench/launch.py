"""Runs one command and writes what it took to a file descriptor: `python -I -S launch.py FD COMMAND…`.

A child starts with its parent's peak memory, so the parent has to be small: this one imports next to nothing.
"""

import os
import sys
import time

report_to, argv = int(sys.argv[1]), sys.argv[2:]
start = time.perf_counter()
child = os.posix_spawn(argv[0], argv, os.environ)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
cpu_seconds = usage.ru_utime + usage.ru_stime
os.write(report_to, f"{seconds} {cpu_seconds} {usage.ru_maxrss} {os.waitstatus_to_exitcode(status)}".encode())
