"""All fuzzing for so many minutes: the targets of `needletail fuzz`, and the engine beside its oracles."""

import argparse
import json
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from pathlib import Path

import precompile_oracle
import state_oracle

TESTS_PER_FILE = 50


def prepare():
    """A worker of the specification nests as deep as its EVM does."""
    sys.setrecursionlimit(200_000)
    threading.stack_size(512 << 20)


def deeply(function, *arguments):
    """What the function answers on a thread with room for 1024 nested calls."""
    outcome = []

    def run():
        try:
            outcome.append((function(*arguments), None))
        except Exception as error:
            outcome.append((None, error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    answer, error = outcome[0]
    if error:
        raise error
    return answer


def fill_state_tests(path):
    return deeply(state_oracle.fill_file, path)


class Row:
    """What one target came to."""

    def __init__(self):
        self.cases = 0
        self.findings = 0


class Fuzzing:
    """One run of everything."""

    def __init__(self, options):
        self.binary = options.needletail
        self.out = Path(options.out)
        self.seed = options.seed
        self.jobs = options.jobs
        self.deadline = time.time() + 60 * options.minutes
        self.minutes = options.minutes
        self.rows = {}

    def run(self):
        cases = self.out / "cases"
        shutil.rmtree(cases, ignore_errors=True)
        cases.mkdir(parents=True)
        own = self.start_targets()
        self.run_oracles(cases)
        status = own.wait()
        if status not in (0, 1):
            sys.exit(f"needletail fuzz ended with status {status}")
        self.add_targets()
        return self.report()

    # MARK: The targets of the binary

    def start_targets(self):
        return subprocess.Popen(
            [self.binary, "fuzz", "--seed", str(self.seed), "--minutes", str(self.minutes)]
            + ["--jobs", "1", "--out", str(self.out / "targets")]
            + ["--json", str(self.out / "targets.json")],
            stdout=subprocess.DEVNULL,
        )

    def add_targets(self):
        report = json.loads((self.out / "targets.json").read_text())
        for target in report["targets"]:
            row = self.rows.setdefault(target["target"], Row())
            row.cases, row.findings = target["cases"], target["findings"]
        for finding in report["findings"]:
            print(finding)

    # MARK: The oracles

    def run_oracles(self, cases):
        """Fills files as long as there is time, and compares each as soon as it is filled."""
        with ProcessPoolExecutor(self.jobs, initializer=prepare) as pool:
            running = {}
            number = 0
            while True:
                while time.time() < self.deadline and len(running) < self.jobs + 1:
                    running.update(self.submit(pool, cases, number))
                    number += 1
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    self.compare(running.pop(future), Path(future.result()))

    def submit(self, pool, cases, number):
        """Every third piece of work is a file of vectors, the others are state tests."""
        seed = self.seed * 1_000_003 + number
        if number % 3 == 2:
            kind = number // 3 % len(precompile_oracle.KINDS)
            folder = cases / "vectors"
            folder.mkdir(exist_ok=True)
            future = pool.submit(precompile_oracle.write_file, str(folder), kind, seed)
            return {future: "precompiles"}
        folder = cases / "state"
        subprocess.run(
            [self.binary, "fuzz", "--emit", "state-tests", "--seed", str(seed)]
            + ["--count", str(TESTS_PER_FILE), "--out", str(folder)],
            check=True,
        )
        path = folder / f"state-{seed}-0.json"
        return {pool.submit(fill_state_tests, str(path)): "state-tests"}

    def compare(self, target, path):
        """Has the engine answer the file; keeps it where the answers differ."""
        row = self.rows.setdefault(target, Row())
        outcome = subprocess.run(
            [self.binary, "conform", str(path)], capture_output=True, text=True, check=False
        )
        counts = re.search(r"^(\d+) passed, (\d+) failed", outcome.stdout, re.MULTILINE)
        if outcome.returncode not in (0, 1) or not counts:
            if "left out" in outcome.stdout:
                path.unlink()
                return
            print(outcome.stdout + outcome.stderr)
            print(f"needletail conform {path} ended with status {outcome.returncode}")
            row.findings += 1
            return
        row.cases += int(counts[1]) + int(counts[2])
        row.findings += int(counts[2])
        if outcome.returncode == 0:
            path.unlink()
            return
        print(outcome.stdout)
        print(f"repeat: needletail conform {path}", flush=True)

    def report(self):
        print(f"{'target':<14} {'cases':>12} {'findings':>9}")
        for name, row in self.rows.items():
            print(f"{name:<14} {row.cases:>12,} {row.findings:>9}")
        found = sum(row.findings > 0 for row in self.rows.values())
        print(f"seed {self.seed}, {self.minutes} min")
        print(f"{len(self.rows) - found} passed, {found} failed")
        return 1 if found else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needletail", required=True)
    parser.add_argument("--minutes", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", default="build/fuzz")
    sys.exit(Fuzzing(parser.parse_args()).run())


if __name__ == "__main__":
    main()
