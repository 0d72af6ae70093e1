"""What the scripts share that run members of a job in network namespaces."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
EDEN = os.path.join(ROOT, "eden")
NAME = os.path.basename(sys.argv[0])

signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{NAME}: terminated"))  # so that namespaces are removed


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{NAME}: {' '.join(command)}: {done.stderr.strip() or done.returncode}")


def run_all(commands, limit, environment=None):
    """Runs all at once; what each printed."""
    with tempfile.TemporaryDirectory(prefix="eden4j-logs-") as logs:
        processes = []
        try:
            for index, command in enumerate(commands):
                out = open(os.path.join(logs, f"{index}.out"), "w")
                err = open(os.path.join(logs, f"{index}.err"), "w")
                processes.append(subprocess.Popen(command, stdout=out, stderr=err, env=environment))
            end = time.monotonic() + limit
            for index, process in enumerate(processes):
                if process.wait(timeout=max(1, end - time.monotonic())):
                    with open(os.path.join(logs, f"{index}.err")) as err:
                        sys.exit(f"{NAME}: {' '.join(commands[index])} failed:\n{err.read()}")
        finally:
            for process in processes:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        printed = []
        for index in range(len(commands)):
            with open(os.path.join(logs, f"{index}.out")) as out:
                printed.append(out.read())
        return printed


def environment_of(dimension):
    """The environment of a member whose process has the memory it needs and no more."""
    jvm = f"{os.environ.get('EDEN4J_OPTS', '')} -XX:+UseSerialGC -Xmx{256 + dimension * 16 // 1048576}m"
    return dict(os.environ, EDEN4J_OPTS=jvm.strip())


def rows_of(printed):
    """The workers' rows of each round, by its number. All must hold the same mean of all."""
    rounds = {}
    workers = len(printed)
    for lines in printed:
        for line in lines.splitlines():
            if not line.startswith("{"):
                continue  # a warning of the JVM
            row = json.loads(line)
            rounds.setdefault(row["round"], []).append(row)
    for number, rows in rounds.items():
        if len({row["hash"] for row in rows}) != 1 or any(row["contributors"] != workers for row in rows):
            sys.exit(f"{NAME}: round {number} is not the same mean of all: {rows}")
    return rounds


def seconds_of_rounds(rounds, first):
    """Seconds of each round from the given one on: from the last worker's call until the last worker holds the mean."""
    return [(max(r["endNs"] for r in rows) - max(r["beginNs"] for r in rows)) / 1e9
            for number, rows in sorted(rounds.items()) if number >= first]
