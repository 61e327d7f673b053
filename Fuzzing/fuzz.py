"""All fuzzing for so many minutes: the targets of `needletail fuzz`, and the engine beside its oracles."""

import argparse
import json
import multiprocessing
import os
import re
import shutil
import signal
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
    """A worker of the specification nests as deep as its EVM does, and is ended by its parent only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
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

    def __init__(self, cases=0, findings=0):
        self.cases = cases
        self.findings = findings


class Fuzzing:
    """One run of everything."""

    def __init__(self, options):
        self.binary = options.needletail
        self.out = Path(options.out)
        self.seed = options.seed
        self.jobs = options.jobs
        self.start = time.time()
        self.deadline = self.start + 60 * options.minutes
        self.minutes = options.minutes
        self.rows = {"state-tests": Row(), "precompiles": Row()}
        self.findings = []
        self.is_stopped = False
        self.shown = 0

    def run(self):
        cases = self.out / "cases"
        shutil.rmtree(cases, ignore_errors=True)
        cases.mkdir(parents=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        with open(self.out / "targets.log", "w") as log:
            own = self.start_targets(log)
            try:
                self.run_oracles(cases)
            finally:
                if self.is_stopped or sys.exc_info()[0]:
                    own.terminate()
                while own.poll() is None:
                    self.show("running")
                    time.sleep(0.2)
        self.erase()
        if own.returncode not in (0, 1) and not self.is_stopped:
            print((self.out / "targets.log").read_text(), file=sys.stderr)
            sys.exit(f"needletail fuzz ended with status {own.returncode}")
        return self.report("stopped" if self.is_stopped else "finished")

    def stop(self, *_):
        """Asked to stop: the table is printed all the same. Asked again, it ends at once."""
        self.is_stopped = True
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)

    # MARK: The targets of the binary

    def start_targets(self, log):
        shutil.rmtree(self.out / "targets", ignore_errors=True)
        return subprocess.Popen(
            [self.binary, "fuzz", "--seed", str(self.seed), "--minutes", str(self.minutes)]
            + ["--jobs", "1", "--out", str(self.out / "targets")],
            stdout=subprocess.DEVNULL,
            stderr=log,
        )

    def targets(self):
        """Rows and findings of the targets so far, from the report that they keep."""
        path = self.out / "targets" / "report.json"
        report = json.loads(path.read_text()) if path.exists() else {"targets": [], "findings": []}
        rows = {row["target"]: Row(row["cases"], row["findings"]) for row in report["targets"]}
        return rows, report["findings"]

    # MARK: The oracles

    def run_oracles(self, cases):
        """Fills files as long as there is time, and compares each as soon as it is filled."""
        pool = ProcessPoolExecutor(self.jobs, initializer=prepare)
        try:
            running = {}
            number = 0
            while not self.is_stopped:
                while time.time() < self.deadline and len(running) < self.jobs + 1:
                    running.update(self.submit(pool, cases, number))
                    number += 1
                if not running:
                    break
                done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    self.compare(running.pop(future), Path(future.result()))
                self.show("running")
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.kill()

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
        # In a session of its own, so that Ctrl-C does not end it: that is for us to say.
        subprocess.run(
            [self.binary, "fuzz", "--emit", "state-tests", "--seed", str(seed)]
            + ["--count", str(TESTS_PER_FILE), "--out", str(folder)],
            check=True,
            start_new_session=True,
        )
        path = folder / f"state-{seed}-0.json"
        return {pool.submit(fill_state_tests, str(path)): "state-tests"}

    def compare(self, target, path):
        """Has the engine answer the file; keeps it where the answers differ."""
        row = self.rows[target]
        outcome = subprocess.run(
            [self.binary, "conform", str(path)],
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        counts = re.search(r"^(\d+) passed, (\d+) failed", outcome.stdout, re.MULTILINE)
        if outcome.returncode not in (0, 1) or not counts:
            if "left out" in outcome.stdout:
                path.unlink()
                return
            row.findings += 1
            said = outcome.stdout + outcome.stderr
            self.note(f"{said}needletail conform {path} ended with status {outcome.returncode}")
            return
        row.cases += int(counts[1]) + int(counts[2])
        row.findings += int(counts[2])
        if outcome.returncode == 0:
            path.unlink()
            return
        failures = outcome.stdout.partition("\nsuite ")[0]
        self.note(f"{failures}\nrepeat: needletail conform {path}")

    def note(self, finding):
        """Keeps a finding, and shows it at once."""
        self.erase()
        print(finding, flush=True)
        self.findings.append(finding)

    # MARK: What is said of it

    def show(self, stage):
        """Every two seconds: the files that tell how far it is, and a line on the terminal."""
        now = time.time()
        if now - self.shown < 2:
            return
        self.shown = now
        rows, _ = self.write(stage)
        if sys.stderr.isatty():
            cases = sum(row.cases for row in rows.values())
            findings = sum(row.findings for row in rows.values())
            took = int(now - self.start)
            line = f"{took} of {60 * self.minutes} s  {cases:,} cases, {findings} findings"
            print(f"\r{line}\033[K", end="", file=sys.stderr, flush=True)

    @staticmethod
    def erase():
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def write(self, stage):
        """Writes `table.txt` and `report.json`; answers all rows, and the table."""
        own, findings = self.targets()
        rows = own | self.rows
        lines = [f"{'target':<14} {'cases':>12} {'findings':>9}"]
        for name, row in rows.items():
            lines.append(f"{name:<14} {row.cases:>12,} {row.findings:>9}")
        found = sum(row.findings > 0 for row in rows.values())
        seconds = time.time() - self.start
        lines.append(f"seed {self.seed}, {seconds:.0f} s of {60 * self.minutes}, {stage}")
        lines.append(f"{len(rows) - found} passed, {found} failed")
        table = "\n".join(lines) + "\n"
        report = {
            "seed": self.seed,
            "minutes": self.minutes,
            "seconds": round(seconds, 1),
            "stage": stage,
            "targets": [{"target": name} | vars(row) for name, row in rows.items()],
            "findings": findings + self.findings,
        }
        self.replace("table.txt", table)
        self.replace("report.json", json.dumps(report, indent=1) + "\n")
        return rows, table

    def replace(self, name, text):
        """Writes a file so that a reader sees the old or the new, never a part."""
        part = self.out / f"{name}.part"
        part.write_text(text)
        os.replace(part, self.out / name)

    def report(self, stage):
        for finding in self.targets()[1]:
            print(finding)
        rows, table = self.write(stage)
        print(table, end="")
        return 1 if any(row.findings for row in rows.values()) else 0


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
