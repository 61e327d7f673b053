"""python3 Tests/Clients/abuse [--scale N] [NAME...]: what must not bring a node down, at N times the size that
tests can wait for.

Meanwhile a client that behaves must be answered within a bound, and after each abuse the node must be as before:
alive, its memory within bounds, its descriptors given back. NEEDLETAIL names the binary.
"""

import argparse
import asyncio
import sys
import time

import bodies
import connections
import engine
import subscribers
import work
from attacker import PATIENCE, Setting
from target import AbusedNode, Broken, Witness, allow_descriptors

CHAIN = connections.ABUSES + bodies.ABUSES + work.ABUSES + subscribers.ABUSES


class Report:
    """Runs abuses of one node, and says what they did to it."""

    HEAD = (
        f"{'abuse':34} {'seconds':>8} {'asked':>7} {'p99 ms':>7} {'max ms':>7}"
        f" {'MiB':>6} {'peak':>6} {'files':>6}"
    )

    def __init__(self, node, witness, bound, memory):
        self.node, self.witness, self.bound, self.memory = node, witness, bound, memory
        self.failed = 0

    async def run(self, abuse, setting):
        self.witness.told()
        self.node.forget_peak()
        start = time.monotonic()
        problems, said = [], ""
        try:
            said = await asyncio.wait_for(abuse(setting), 900) or ""
        except Exception as error:
            problems.append(f"{type(error).__name__}: {error}")
        took = time.monotonic() - start
        latencies = [0.0]
        try:
            self.node.check_alive()
            latencies, failures = self.witness.told()
            latencies.sort()
            if failures:
                problems.append(f"the client that behaves was told: {failures[:3]}")
            await self.node.settle()
        except Broken as error:
            problems.append(str(error))
        worst, peak = latencies[-1], self.node.memory("VmHWM")
        if worst > self.bound:
            problems.append(f"the client that behaves waited {worst:.2f} s")
        if peak > self.memory:
            problems.append(f"the node took {peak} MiB")
        print(
            f"{abuse.__name__:34} {took:8.1f} {len(latencies):7}"
            f" {latencies[len(latencies) * 99 // 100] * 1e3:7.1f} {worst * 1e3:7.1f}"
            f" {self.node.memory():6} {peak:6} {self.node.descriptors():6}  {said}"
        )
        for problem in problems:
            print(f"  BROKEN: {problem}")
        sys.stdout.flush()
        self.failed += bool(problems)


def run(abuses, arguments, under_consensus):
    """How many abuses broke something."""
    patience = ("--request-timeout", str(PATIENCE), "--idle-timeout", str(PATIENCE))
    node = AbusedNode(*patience, engine=under_consensus)
    port = node.engine_port if under_consensus else node.port
    witness = Witness(port, authenticated=under_consensus)
    report = Report(node, witness, arguments.bound, arguments.memory)
    try:
        for abuse in abuses:
            asyncio.run(report.run(abuse, Setting(node, arguments.scale)))
            if node.has_ended():
                break
    finally:
        witness.end()
    try:
        node.stop()
    except Broken as error:
        print(f"  BROKEN: {error}")
        report.failed += 1
    return report.failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="abuses; all where none is named")
    parser.add_argument("--scale", type=int, default=1, help="times the size of the small run (1)")
    parser.add_argument("--bound", type=float, default=2, help="seconds that an answer may take (2)")
    parser.add_argument("--memory", type=int, default=2048, help="MiB that the node may take (2048)")
    arguments = parser.parse_args()
    allow_descriptors(20_000)
    failed = 0
    print(Report.HEAD)
    for abuses, under_consensus in ((CHAIN, False), (engine.ABUSES, True)):
        chosen = [
            one for one in abuses if not arguments.names or one.__name__ in arguments.names
        ]
        if chosen:
            failed += run(chosen, arguments, under_consensus)
    print("nothing was broken" if failed == 0 else f"{failed} broken")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
