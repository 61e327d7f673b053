// Recorded traces, asked for over JSON-RPC.

internal import Chain
internal import EVM
internal import Execution
internal import Foundation
internal import JSON
internal import Ledger
internal import Node
internal import Primitives
internal import State
internal import Storage

/// Asks a node for the trace of a recorded transaction: the state before it is that of the node's first block,
/// and a block with the transaction comes with the request.
struct TraceOverRPC {
  /// The rules of the chain.
  let rules: ChainRules
  /// The state before the transaction.
  let allocations: [AccountAllocation]
  /// The block around it.
  let block: RecordedTraceBlock

  /// What the handler answers about `transaction`, which has this encoding, traced by `tracer`.
  func answer(
    _ transaction: Transaction, tracer: String, options: JSONValue?
  ) throws -> JSONDocument {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("needletail-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var parent = block.header
    parent.number -= min(1, parent.number)
    parent.stateRoot = MemoryState(allocations).root()
    // As far as proof of work counts, the chain has come where its rules are those of the block.
    parent.difficulty = block.rules.fork >= .paris ? UInt256.max &>> 1 : .zero
    let store = try Store.create(
      at: folder, genesis: parent, allocations: allocations,
      options: Store.Options(cacheSize: 16 << 20, isSynced: false))
    defer { try? store.close() }
    var header = block.header
    header.parentHash = parent.hash
    let encoding = Block(header: header, transactions: [transaction]).encoded
    let handler = RPCHandler(
      testing: ChainReader(store, rules: rules), clientVersion: "needletail")
    var writer = JSONWriter(.compact)
    writer.array { parameters in
      parameters.value(Hex.encode(encoding))
      parameters.object { $0.member("tracer", tracer) }
    }
    var parameters = writer.text
    if let options {
      parameters = parameters.dropLast(2) + ",\"tracerConfig\":\(try JSONTree(options).text)}]"
    }
    let request =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"debug_traceBlock\",\"params\":\(parameters)}"
    let answer = handler.answer(Array(request.utf8)) ?? "null"
    return try JSONDocument(
      parsing: Array(answer.utf8), source: "debug_traceBlock",
      limits: JSONDocument.Limits(depth: 4096))
  }
}

extension RecordedTraceBlock {
  /// A header that says what the record says of the block.
  fileprivate var header: Header {
    let fork = rules.fork
    var header = Header(
      coinbase: environment.coinbase,
      difficulty: fork >= .paris ? .zero : environment.prevRandao, number: environment.number,
      gasLimit: environment.gasLimit, timestamp: environment.timestamp,
      prevRandao: fork >= .paris ? Hash256(environment.prevRandao) : .zero)
    if fork >= .london { header.baseFeePerGas = environment.baseFee }
    if fork >= .shanghai { header.withdrawalsRoot = Header.emptyTrieRoot }
    if fork >= .cancun {
      header.blobGasUsed = 0
      header.excessBlobGas = excessBlobGas
    }
    return header
  }
}
