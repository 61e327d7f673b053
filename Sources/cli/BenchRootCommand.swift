// needletail bench root: how fast the state root follows blocks.

internal import Fixtures
internal import State

extension Command {
  /// `bench root`
  static var benchRoot: Command {
    Command(
      name: "bench root", operands: "",
      summary: "Measure the state root after blocks of random changes",
      details: """
        A state is generated, then blocks that change random accounts and slots of it: milliseconds a
        block until the new root is known, keys hashed from addresses and slots included. The blocks are
        the same for one worker, for several, for tries with nothing in memory, and for the trie that
        is changed key by key.
        Exit status: 0 measured, 1 the tries could not be read.
        """,
      options: [
        .value("--accounts", "N", "accounts in the state (1,000,000)"),
        .value("--slots", "N", "slots of all contracts together (1,000,000)"),
        .value("--contracts", "N", "contracts that share the slots (1)"),
        .value("--changes", "N", "accounts, and slots, that a block changes (20,000)"),
        .value("--threads", "LIST", "how many workers, such as 1,2,4 (1 and all cores)"),
        .value("--rounds", "N", "blocks (30)"),
        .flag("--no-comparison", "leave the trie out that is changed key by key"),
        .value("--json", "FILE", "write the figures as JSON; - is standard output, alone"),
      ],
      examples: [
        "needletail bench root",
        "needletail bench root --contracts 50000 --threads 2 --no-comparison --json root.json",
      ],
      run: runBenchRoot)
  }

  private static func runBenchRoot(_ arguments: Arguments) throws(UsageError) -> Int32 {
    if let operand = arguments.operands.first {
      throw UsageError(message: "bench root takes no operand \"\(operand)\"")
    }
    let path = try arguments.jsonPath(inputs: [])
    var plan = TrieSpeed.Plan()
    let most = 100_000_000
    plan.accounts = try arguments.integer("--accounts", in: 0...most) ?? plan.accounts
    plan.slots = try arguments.integer("--slots", in: 0...most) ?? plan.slots
    plan.contracts = try arguments.integer("--contracts", in: 1...most) ?? plan.contracts
    plan.changes = try arguments.integer("--changes", in: 1...most) ?? plan.changes
    plan.rounds = try arguments.integer("--rounds", in: 1...100_000) ?? plan.rounds
    plan.workers =
      try arguments.threadCounts()
      ?? Array(Set([1, WorkerThreads.coreCount])).sorted()
    plan.comparesStateTrie = !arguments.has("--no-comparison")
    let speed: TrieSpeed
    do throws(StateReadError) {
      speed = try TrieSpeed.measured(plan) { complain("measuring \($0)") }
    } catch {
      complain("needletail: \(error)")
      return 1
    }
    try writeFigures(speed.text, json: speed.json, to: path)
    return 0
  }
}
