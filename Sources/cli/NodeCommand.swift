// needletail node: a chain of one's own.

internal import Fixtures
internal import Foundation
internal import Needletail
internal import Node

extension Command {
  /// `node`
  static var node: Command {
    Command(
      name: "node", operands: "",
      summary: "Run a development chain that wallets and libraries can use",
      details: """
        A chain of one's own: funded accounts whose keys are printed, a block as soon as there is a
        transaction, and JSON-RPC over HTTP and WebSockets. It lies in a store in --data and goes on from
        there when it is started again, by the rules that it was made with; SIGINT, SIGTERM and SIGHUP
        finish the block that is being made and close the store. The keys are known to everybody: never use them for
        anything of value.
        With --network, of whatever but dev, or with any option of --authrpc it is the execution client under a
        consensus client instead: there are no accounts, others make the blocks, and options of a development
        chain are refused.
        Exit status: 0 it was asked to stop, 2 it could not start, or had to end.
        """,
      options: [
        .value(
          "--config", "FILE", "options as members of a JSON object; those given here count more"),
        .value("--data", "DIR", "where the chain is kept (./needletail-data)"),
        .flag("--in-memory", "keep the chain in memory; it is gone at the end"),
        .value(
          "--genesis", "FILE",
          "rules, first block and accounts of a chain that is made, in geth's format"),
        .value(
          "--gas-limit", "N",
          "gas that a block may use (30000000, or as the last; execution client 60000000)"),
        .value("--threads", "N", "threads that execute (all cores)"),
        .value(
          "--cache-size", "BYTES",
          "memory for state, tries and database (256 MiB; execution client 1 GiB)"),
        .value(
          "--history", "N|archive",
          "blocks whose states are kept (as before; archive, all, of a new chain)"),
      ]
        + developmentOptions
        + Option.server + Option.log + Option.pool + networkOptions,
      examples: [
        "needletail node",
        "needletail node --in-memory --port 0 --accounts 3",
        "needletail node --block-time 2 --data chain",
        "needletail node --genesis genesis.json --data chain",
        "needletail node --in-memory --state state.json",
        "needletail node --network sepolia --data sepolia --authrpc.jwtsecret jwt.hex",
      ],
      run: runNode)
  }

  private static func runNode(_ arguments: Arguments) throws(UsageError) -> Int32 {
    guard arguments.operands.isEmpty else {
      throw UsageError(message: "node takes only options; see needletail node --help")
    }
    var arguments = arguments
    if let file = arguments.string("--config") {
      arguments.fill(from: try NodeConfiguration.arguments(in: file, of: node.options))
    }
    if isExecutionClient(arguments) { return try runExecutionClient(arguments) }
    let setup = try NodeSetup(arguments)
    return setup.voice.run { try setup.start().stop }
  }
}
