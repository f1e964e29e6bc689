# SPDX-License-Identifier: Apache-2.0
"""What a figure depends on beside the program, and how much processor time a process used."""
import os
import pathlib
import platform
import re
import subprocess

TICKS = os.sysconf('SC_CLK_TCK')


def first_match(pattern, path):
    match = re.search(pattern, pathlib.Path(path).read_text(), re.M)
    return match.group(1).strip() if match else 'unknown'


def facts(directory):
    mount = subprocess.run(['df', '--output=source,fstype', directory], capture_output=True, text=True, check=True)
    return {
        'cpu': first_match(r'^model name\s*:(.*)$', '/proc/cpuinfo'),
        'cores': os.cpu_count(),
        'memory_bytes': os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE'),
        'kernel': platform.release(),
        'file_system': mount.stdout.splitlines()[1].split(),
        'load_15_minutes': os.getloadavg()[2],
        'versions': {'sqlite': version('libsqlite3-0'), 'openssl': version('libssl3'), 'nginx': version('nginx-light')},
    }


def version(package):
    asked = subprocess.run(['dpkg-query', '-W', '-f', '${Version}', package], capture_output=True, text=True)
    return asked.stdout or 'unknown'


def seconds_of(pid):
    """Processor time of a process with all its threads so far."""
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def children_of(pid):
    return [int(child) for child in pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()]
