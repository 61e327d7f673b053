"""Runs one workload in this repository's EVM, through `needletail evm run --workload`."""

import json
import subprocess
import sys
from dataclasses import dataclass


@dataclass
class Run:
    """One run: gas of the transaction (or of all of a block), its output, its time."""

    gas: int
    output: bytes
    nanoseconds: int


class Needletail:
    """The binary under test."""

    def __init__(self, binary):
        self.binary = binary

    def _bench(self, path, runs):
        command = [
            *(str(self.binary), "evm", "run", "--workload", str(path)),
            *("--bench", str(runs), "--json", "-"),
        ]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            sys.exit(f"{' '.join(command)}: {finished.stderr or finished.stdout}")
        return json.loads(finished.stdout)

    def check(self, path):
        """Runs the workload a few times and tells what came out."""
        answer = self._bench(path, 3)
        return Run(
            gas=answer["gasUsed"],
            output=bytes.fromhex(answer["output"].removeprefix("0x")),
            nanoseconds=answer["bench"]["minNs"],
        )

    def measure(self, path, runs):
        """(least, median) CPU nanoseconds of so many runs in a process of its own."""
        bench = self._bench(path, runs)["bench"]
        return bench["minNs"], bench["medianNs"]
