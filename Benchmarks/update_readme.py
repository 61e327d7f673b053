"""Fills the marked parts of README.md with the figures of an acceptance run.

usage: update_readme.py build/acceptance/COMMIT
"""

import json
import re
import sys
from pathlib import Path

import report as tables

README = Path(__file__).resolve().parent.parent / "README.md"


def conformance(folder):
    """A row for each suite and format, and the mainnet blocks."""
    run = json.loads((folder / "conform.json").read_text())
    rows = [
        [
            f"{suite['name']}: {part['name']}",
            *(f"{part[key]:,}" for key in ("passed", "failed", "skipped", "leftOut")),
        ]
        for suite in run["suites"]
        for part in suite["formats"]
    ]
    replay = json.loads((folder / "replay.json").read_text())
    blocks = replay["blocks"]
    rows.append(["mainnet-blocks: replay", f"{replay['passed']:,}", f"{replay['failed']:,}", "0", "0"])
    lines = tables.table(["suite", "passed", "failed", "skipped", "left out"], rows)
    reasons = [
        f"- {suite['name']}: {skip['count']} skipped: {skip['reason']}"
        for suite in run["suites"]
        for skip in suite["skips"]
    ]
    gas = sum(block["gasUsed"] for block in blocks) / 1e6
    seconds = sum(block["executionNs"] for block in blocks) / 1e9
    lines += [
        "Mainnet blocks: "
        f"{len(blocks)} blocks from {blocks[0]['fork']} to {blocks[-1]['fork']} with "
        f"{sum(block['transactions'] for block in blocks):,} transactions; every sender, gas used, bloom, "
        "transactions root and (Byzantium on) receipts root compared. Their "
        f"{gas:,.0f} Mgas take {seconds * 1000:,.0f} ms on one thread, {gas / seconds:,.0f} Mgas/s.",
        "",
    ]
    return [*lines, *reasons, ""] if reasons else lines


def speed(folder):
    """What was found, the programs others have published figures for, the blocks; the rest folded away."""
    run = json.loads((folder / "bench-evm.json").read_text())
    lines = [tables.origin(run), ""]
    for sentence in tables.findings(run):
        lines += [sentence, ""]
    known = [row for row in run["programs"] if "evmone_scaled_us" in row]
    lines += tables.program_table(known)
    lines += [tables.BLOCK_HEADING, "", *tables.block_table(run["blocks"])]
    lines += [f"<details><summary>All {len(run['programs'])} programs</summary>", ""]
    lines += tables.program_table(run["programs"])
    lines += [tables.short_heading(), "", *tables.short_table(run["short_programs"])]
    return [*lines, "</details>", ""]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    text = README.read_text()
    parts = {"conformance": (conformance, "conform.json"), "speed": (speed, "bench-evm.json")}
    for mark, (make, figures) in parts.items():
        if not (folder / figures).exists():
            print(f"{folder / figures} is missing: {mark} stays as it is")
            continue
        lines = make(folder)
        part = re.compile(f"(<!-- {mark}:begin -->\n).*?(<!-- {mark}:end -->)", re.DOTALL)
        if not part.search(text):
            sys.exit(f"README.md has no part marked {mark}")
        text = part.sub(lambda found: found[1] + "\n".join(lines) + found[2], text)
    README.write_text(text)


if __name__ == "__main__":
    main()
