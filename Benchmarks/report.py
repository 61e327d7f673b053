"""The figures of bench_evm.py as tables, and what they were meant to reach."""

TARGETS = {"geometric_mean": 1.2, "minimum": 0.8, "evmone": 1.15}

# Shorter programs say more about the way into an engine than about the engine.
LONG_PROGRAM_US = 50


def microseconds(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"


def table(header, rows):
    """The lines of a Markdown table; all columns but the first are numbers."""
    return [
        "| " + " | ".join(header) + " |",
        "|---" + "|---:" * (len(header) - 1) + "|",
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
    ]


def origin(report):
    return (
        f"Commit {report['commit']}, {report['machine']['processor']}, one thread, CPU time, least of all runs "
        f"in {report['rounds']} rounds, in which the two sides took turns. Each run starts from a fresh state; ours "
        "finds the code analysed and the machine's memory in place from the run before, revm an EVM of its own, "
        "since pyrevm resets nothing."
    )


def program_table(rows):
    return table(
        ["program", "gas", "Needletail µs", "revm µs", "revm / Needletail", "evmone (scaled) µs"],
        [
            [
                row["name"],
                f"{row['gas']:,}",
                microseconds(row["needletail_us"]),
                microseconds(row["revm_us"]),
                f"{row['speed_over_revm']:.2f}",
                microseconds(row["evmone_scaled_us"]) if "evmone_scaled_us" in row else "",
            ]
            for row in rows
        ],
    )


def short_table(rows):
    return table(
        ["program", "gas", "Needletail µs", "revm µs", "revm / Needletail"],
        [
            [
                row["name"],
                f"{row['gas']:,}",
                f"{row['needletail_us']:.2f}",
                f"{row['revm_us']:.2f}",
                f"{row['speed_over_revm']:.2f}" if "speed_over_revm" in row else "",
            ]
            for row in rows
        ],
    )


def block_table(rows):
    return table(
        ["block", "transactions", "µs a transaction", "target", "evmone (published)"],
        [
            [
                row["name"],
                f"{row['transactions']:,}",
                f"{row['us_per_transaction']:.2f}",
                f"≤ {row['target_us']}" if "target_us" in row else "",
                f"{row['evmone_us']}" if "evmone_us" in row else "",
            ]
            for row in rows
        ],
    )


def findings(report):
    """The sentences that sum the programs up."""
    summary = report["summary"]
    if "geometric_mean_over_revm" in summary:
        yield (
            f"Geometric mean {summary['geometric_mean_over_revm']:.2f} × the speed of revm over "
            f"{len(report['programs'])} programs, lowest {summary['minimum_over_revm']:.2f} × "
            f"({summary['minimum_program']})."
        )
    if "geometric_mean_time_over_evmone" in summary:
        yield (
            f"Geometric mean {summary['geometric_mean_time_over_evmone']:.2f} × the time of evmone, whose "
            "published figures are scaled by revm's time here over revm's time there."
        )


def short_heading():
    return f"Programs under {LONG_PROGRAM_US} µs, an empty call subtracted on both sides:"


BLOCK_HEADING = "Blocks, one transaction after another (no sender recovery, no state root):"


def markdown(report):
    """The whole report."""
    lines = [origin(report), "", *program_table(report["programs"])]
    for sentence in findings(report):
        lines += [sentence, ""]
    if report["short_programs"]:
        lines += [short_heading(), "", *short_table(report["short_programs"])]
    if report["blocks"]:
        lines += [BLOCK_HEADING, "", *block_table(report["blocks"])]
    return "\n".join(lines)


def verdicts(report):
    """(what was asked, the figure, whether it is met), for the targets that could be judged."""
    summary = report["summary"]
    if "geometric_mean_over_revm" in summary:
        figure = summary["geometric_mean_over_revm"]
        yield "geometric mean ≥ 1.2 × revm", figure, figure >= TARGETS["geometric_mean"]
        figure = summary["minimum_over_revm"]
        yield "every program ≥ 0.8 × revm", figure, figure >= TARGETS["minimum"]
    if "geometric_mean_time_over_evmone" in summary:
        figure = summary["geometric_mean_time_over_evmone"]
        yield "geometric mean ≤ 1.15 × evmone's time", figure, figure <= TARGETS["evmone"]
    for row in report["blocks"]:
        if "target_us" in row:
            figure = row["us_per_transaction"]
            yield f"{row['name']} ≤ {row['target_us']} µs", figure, figure <= row["target_us"]
