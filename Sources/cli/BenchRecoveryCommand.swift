// needletail bench recovery: how fast the senders of transactions are recovered.

internal import Fixtures

extension Command {
  /// `bench recovery`
  static var benchRecovery: Command {
    Command(
      name: "bench recovery", operands: "",
      summary: "Measure the recovery of keys from signatures",
      details: """
        Keys are recovered from batches of 1, 8, 64, 512 and 4096 signatures in every way that the
        processor has, and one after the other by libsecp256k1, in turns. Times are processor time of
        one thread.
        """,
      options: [
        .value("--rounds", "N", "measure each way N times (15)"),
        .value("--json", "FILE", "write the figures as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail bench recovery",
        "needletail bench recovery --rounds 51 --json recovery.json",
      ],
      run: runBenchRecovery)
  }

  private static func runBenchRecovery(_ arguments: Arguments) throws(UsageError) -> Int32 {
    if let operand = arguments.operands.first {
      throw UsageError(message: "bench recovery takes no operand \"\(operand)\"")
    }
    let path = try arguments.jsonPath(inputs: [])
    let rounds = try arguments.integer("--rounds", in: 1...10_000) ?? 15
    let speed = RecoverySpeed.measured(rounds: rounds) {
      complain("measuring batches of \($0)")
    }
    try writeFigures(speed.text, json: speed.json, to: path)
    return 0
  }
}
