// What a tracer saw, and its JSON.

public import JSON
public import Primitives

/// What a tracer saw.
public enum TraceResult: Sendable, Equatable {
  /// The outermost call with all that it made.
  case call(CallFrame)
  /// All calls, each before those that it made.
  case flatCalls([FlatCall])
  /// The accounts and slots that the transaction touched, as they were before it.
  case prestate([Address: AccountPicture])
  /// The accounts and slots that it changed.
  case difference(StateDifference)
  /// How often each function was called.
  case selectors([FunctionUse: Int])
  /// Every instruction.
  case structLogs(StructLogs)
  /// What several tracers saw.
  case several([NamedTrace])
  /// Nothing was to be seen.
  case nothing

  /// Writes the answer of `debug_traceTransaction`. `place` goes into the entries of flat calls.
  public func write(into writer: inout JSONWriter, place: TracePlace? = nil) {
    switch self {
    case .call(let frame): frame.write(into: &writer)
    case .flatCalls(let calls):
      writer.array { list in
        for call in calls { call.write(into: &list, place: place) }
      }
    case .prestate(let accounts): AccountPicture.write(accounts, into: &writer)
    case .difference(let difference): difference.write(into: &writer)
    case .selectors(let uses):
      writer.object { object in
        for (use, count) in uses.sorted(by: { $0.key < $1.key }) {
          object.member(use.description, count)
        }
      }
    case .structLogs(let logs): logs.write(into: &writer)
    case .several(let traces):
      writer.object { object in
        for trace in traces {
          object.key(trace.name)
          trace.result.write(into: &object, place: place)
        }
      }
    case .nothing: writer.object { _ in }
    }
  }

  /// The answer of `debug_traceTransaction` as text.
  public func json(_ layout: JSONWriter.Layout = .compact, place: TracePlace? = nil) -> String {
    var writer = JSONWriter(layout)
    write(into: &writer, place: place)
    return writer.text
  }
}

/// What one of several tracers saw.
public struct NamedTrace: Sendable, Equatable {
  /// The tracer's name.
  public var name: String
  /// What it saw.
  public var result: TraceResult

  /// What the tracer of this name saw.
  public init(name: String, result: TraceResult) {
    self.name = name
    self.result = result
  }
}

/// Where a traced transaction stands.
public struct TracePlace: Sendable, Hashable {
  /// The hash of its block.
  public var blockHash: Hash256
  /// The number of its block.
  public var blockNumber: UInt64
  /// Its hash.
  public var transactionHash: Hash256
  /// How many transactions stand before it in the block.
  public var transactionIndex: Int

  /// The place of a transaction.
  public init(
    blockHash: Hash256, blockNumber: UInt64, transactionHash: Hash256, transactionIndex: Int
  ) {
    self.blockHash = blockHash
    self.blockNumber = blockNumber
    self.transactionHash = transactionHash
    self.transactionIndex = transactionIndex
  }
}

extension JSONWriter {
  /// Writes a member with a number as a hexadecimal quantity.
  mutating func quantity(_ name: String, _ number: some BinaryInteger) {
    member(name, "0x" + String(number, radix: 16))
  }
}
