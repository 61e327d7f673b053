// needletail bench precompiles: how fast precompiled contracts are at their worst inputs.

internal import Fixtures

extension Command {
  /// `bench precompiles`
  static var benchPrecompiles: Command {
    Command(
      name: "bench precompiles", operands: "",
      summary: "Measure the precompiled contracts at their worst inputs",
      details: """
        For every contract, and every price it has had, inputs are generated that should take the most
        time for their gas; the slowest is shown. Single calls are held against fixed times, and those
        that a library does against the library, called directly. Times are processor time of one
        thread.
        Exit status: 0 everything is fast enough, 1 something is too slow.
        """,
      options: [
        .value("--only", "TEXT", "only contracts whose name contains TEXT, such as MODEXP"),
        .value("--json", "FILE", "write the figures as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail bench precompiles",
        "needletail bench precompiles --only BLS12 --json precompiles.json",
      ],
      run: runBenchPrecompiles)
  }

  private static func runBenchPrecompiles(_ arguments: Arguments) throws(UsageError) -> Int32 {
    if let operand = arguments.operands.first {
      throw UsageError(
        message: "bench precompiles takes no operand \"\(operand)\"; did you mean --only?")
    }
    let path = try arguments.jsonPath(inputs: [])
    let speed = PrecompileSpeed.measured(filter: arguments.string("--only")) {
      complain("measuring \($0)")
    }
    if speed.worst.isEmpty && speed.targets.isEmpty {
      throw UsageError(message: "--only: no contract is named so")
    }
    try writeFigures(speed.text, json: speed.json, to: path)
    return speed.isFastEnough ? 0 : 1
  }
}
