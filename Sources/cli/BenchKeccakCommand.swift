// needletail bench keccak: how fast Keccak-256 is, one message at a time and many at once.

internal import Fixtures

extension Command {
  /// `bench keccak`
  static var benchKeccak: Command {
    Command(
      name: "bench keccak", operands: "",
      summary: "Measure Keccak-256 one by one and in batches",
      details: """
        Messages of the lengths that keys, public keys and trie nodes have are hashed one by one and in
        batches, on each path that this processor has; twin is the text of the path for AVX-512,
        compiled for any processor. Times are processor time of one thread.
        """,
      options: [.value("--json", "FILE", "write the figures as JSON; - is standard output, alone")],
      examples: ["needletail bench keccak", "needletail bench keccak --json keccak.json"],
      run: runBenchKeccak)
  }

  private static func runBenchKeccak(_ arguments: Arguments) throws(UsageError) -> Int32 {
    if let operand = arguments.operands.first {
      throw UsageError(message: "bench keccak takes no operand \"\(operand)\"")
    }
    let path = try arguments.jsonPath(inputs: [])
    let speed = KeccakSpeed.measured()
    try writeFigures(speed.text, json: speed.json, to: path)
    return 0
  }
}
