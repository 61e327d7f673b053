"""The EVM here and in revm, side by side, over a folder of published workloads.

usage: bench_evm.py --needletail BINARY --workloads DIR --out DIR [--rounds N] [--only TEXT]

DIR holds bytecode/*.json with bytecode/expected.json, and blocks/*.json. Before anything is timed, both
sides must use the expected gas and give the expected output. Then the two take turns, program by program,
round by round, and the least time of each counts. Writes bench-evm.json and bench-evm.md.
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

import needletail_side
import report as tables
import revm_side

HERE = Path(__file__).resolve().parent

# Below this, what remains after the empty call was subtracted says nothing.
NOISE_US = 0.2
# How long one side may spend on one program in one round.
SLICE_NS = 60_000_000

EMPTY_CALL = {
    "name": "empty_call",
    "fork": "CANCUN",
    "env": {
        "number": 1,
        "timestamp": 1000,
        "gasLimit": "0x4000000000000000",
        "coinbase": "0x000000000000000000000000000000000000c01b",
        "baseFee": "0x0",
        "prevRandao": "0x" + "00" * 32,
    },
    "pre": {
        "0x" + "11" * 20: {"balance": "0xffffffff", "nonce": 0, "code": "0x", "storage": {}},
    },
    "txs": [
        {
            "from": "0x" + "11" * 20,
            "to": "0x" + "22" * 20,
            "data": "0x",
            "value": "0x0",
            "gas": 100000,
            "nonce": 0,
        }
    ],
}


class Program:
    """One workload, what it must give, and the times measured so far (nanoseconds)."""

    def __init__(self, path, expected):
        self.path = path
        self.name = path.stem
        self.expected = expected
        self.revm = revm_side.Workload(json.loads(path.read_text()))
        self.times = {"needletail": [], "revm": []}
        self.runs = {"needletail": 1, "revm": 1}

    def check(self, needletail):
        """The differences from what is expected, as sentences."""
        duration, gas, output = self.revm.run()
        self.runs["revm"] = runs_within(SLICE_NS, duration, most=60)
        ours = needletail.check(self.path)
        self.runs["needletail"] = runs_within(SLICE_NS, ours.nanoseconds, most=2000)
        wanted = (self.expected["tx_gas_used"], revm_side.octets(self.expected["output"]))
        return [
            f"{self.name}: {side} used {got[0]} gas and gave {got[1].hex() or 'no output'}, "
            f"expected {wanted[0]} and {wanted[1].hex() or 'no output'}"
            for side, got in (("revm", (gas, output)), ("needletail", (ours.gas, ours.output)))
            if got != wanted
        ]

    def measure(self, needletail):
        self.times["needletail"].append(needletail.measure(self.path, self.runs["needletail"]))
        samples = [self.revm.run()[0] for _ in range(self.runs["revm"])]
        self.times["revm"].append((min(samples), statistics.median(samples)))

    def least(self, side):
        return min(least for least, _ in self.times[side]) / 1000

    def median(self, side):
        return statistics.median(median for _, median in self.times[side]) / 1000


def runs_within(budget, duration, most):
    return max(3, min(most, int(budget / max(duration, 1))))


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def machine():
    """The processor, for a reader of the figures."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return {"processor": model, "cores": os.cpu_count(), "system": platform.platform()}


def commit():
    def git(*arguments):
        return subprocess.run(
            ["git", *arguments], cwd=HERE, capture_output=True, text=True, check=False
        ).stdout.strip()

    dirty = " with local changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return git("rev-parse", "--short=12", "HEAD") + dirty


def bench_programs(needletail, folder, rounds, only, out):
    expected = json.loads((folder / "expected.json").read_text())
    programs = [
        Program(folder / f"{name}.json", answer)
        for name, answer in sorted(expected.items())
        if only in name
    ]
    empty_path = out / "empty_call.json"
    empty_path.write_text(json.dumps(EMPTY_CALL))
    empty = Program(empty_path, {"tx_gas_used": 21000, "output": ""})

    differences = [line for program in [empty, *programs] for line in program.check(needletail)]
    if differences:
        sys.exit("\n".join(differences))
    print(f"{len(programs)} programs use the expected gas and give the expected output on both sides")

    for round_number in range(1, rounds + 1):
        for program in [empty, *programs]:
            program.measure(needletail)
        print(f"round {round_number} of {rounds}", flush=True)
    return programs, empty


def summarize(programs, empty, reference):
    """Rows of the two tables and the figures below them."""
    rows, short_rows = [], []
    for program in programs:
        ours, theirs = program.least("needletail"), program.least("revm")
        row = {
            "name": program.name,
            "gas": program.expected["tx_gas_used"],
            "needletail_us": ours,
            "needletail_median_us": program.median("needletail"),
            "revm_us": theirs,
            "revm_median_us": program.median("revm"),
        }
        if theirs < tables.LONG_PROGRAM_US:
            row["needletail_us"] = ours - empty.least("needletail")
            row["revm_us"] = theirs - empty.least("revm")
            short_rows.append(row)
        else:
            published = reference["programs"].get(program.name, {})
            if "evmone_ms" in published:
                row["evmone_scaled_us"] = published["evmone_ms"] * theirs / published["revm_ms"]
                row["time_over_evmone"] = ours / row["evmone_scaled_us"]
            rows.append(row)
        # What is left of a plain transfer is noise, and its ratio would be too.
        if min(row["needletail_us"], row["revm_us"]) >= NOISE_US:
            row["speed_over_revm"] = row["revm_us"] / row["needletail_us"]

    summary = {}
    if rows:
        slowest = min(rows, key=lambda row: row["speed_over_revm"])
        summary["geometric_mean_over_revm"] = geometric_mean([r["speed_over_revm"] for r in rows])
        summary["minimum_over_revm"] = slowest["speed_over_revm"]
        summary["minimum_program"] = slowest["name"]
    against_evmone = [row["time_over_evmone"] for row in rows if "time_over_evmone" in row]
    if against_evmone:
        summary["geometric_mean_time_over_evmone"] = geometric_mean(against_evmone)
    return rows, short_rows, summary


def bench_blocks(needletail, folder, rounds, only, reference):
    rows = []
    for path in sorted(folder.glob("*.json")):
        if only not in path.stem:
            continue
        transactions = len(json.loads(path.read_text())["txs"])
        first = needletail.check(path)
        runs = runs_within(SLICE_NS * 4, first.nanoseconds, most=20)
        times = [needletail.measure(path, runs) for _ in range(rounds)]
        published = reference["blocks"].get(path.stem, {})
        rows.append(
            {
                "name": path.stem,
                "transactions": transactions,
                "gas": first.gas,
                "us_per_transaction": min(least for least, _ in times) / 1000 / transactions,
                "median_us_per_transaction": statistics.median(m for _, m in times)
                / 1000
                / transactions,
                **published,
            }
        )
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--needletail", type=Path, required=True)
    parser.add_argument("--workloads", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="programs and blocks whose name contains TEXT")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    reference = json.loads((HERE / "reference.json").read_text())
    needletail = needletail_side.Needletail(options.needletail)
    programs, empty = bench_programs(
        needletail, options.workloads / "bytecode", options.rounds, options.only, options.out
    )
    rows, short_rows, summary = summarize(programs, empty, reference)
    report = {
        "commit": commit(),
        "machine": machine(),
        "rounds": options.rounds,
        "summary": summary,
        "programs": rows,
        "short_programs": short_rows,
        "empty_call": {"needletail_us": empty.least("needletail"), "revm_us": empty.least("revm")},
        "blocks": bench_blocks(
            needletail, options.workloads / "blocks", options.rounds, options.only, reference
        ),
    }
    report["targets"] = [
        {"target": target, "figure": figure, "met": met}
        for target, figure, met in tables.verdicts(report)
    ]
    (options.out / "bench-evm.json").write_text(json.dumps(report, indent=2) + "\n")
    text = tables.markdown(report)
    (options.out / "bench-evm.md").write_text(text)
    print(text)
    for verdict in report["targets"]:
        print(f"{'met   ' if verdict['met'] else 'MISSED'} {verdict['target']}: {verdict['figure']:.2f}")


if __name__ == "__main__":
    main()
