// A call with the calls that it made.

public import JSON
public import Primitives

/// A call, a creation or the end of a contract, as geth's call tracer shows it.
public struct CallFrame: Sendable, Equatable {
  /// What kind of frame this is, by the instruction that makes it.
  public enum Kind: String, Sendable {
    case call = "CALL"
    case callCode = "CALLCODE"
    case delegateCall = "DELEGATECALL"
    case staticCall = "STATICCALL"
    case create = "CREATE"
    case create2 = "CREATE2"
    case selfDestruct = "SELFDESTRUCT"

    /// Whether it makes a contract.
    public var isCreation: Bool { self == .create || self == .create2 }
  }

  /// What kind of frame this is.
  public var kind: Kind
  /// The account that calls, or that destroys itself.
  public var from: Address
  /// The account whose code runs, the contract created, or the beneficiary; nil for a creation that
  /// failed.
  public var to: Address?
  /// In wei; that of its caller for a delegated call, nil for a static one.
  public var value: UInt256?
  /// Gas given to it; for the outermost, the gas limit of the transaction.
  public var gas: UInt64
  /// Gas that it used; for the outermost, what the transaction paid for.
  public var gasUsed: UInt64 = 0
  /// Call data, or creation code.
  public var input: [UInt8]
  /// What it returned, or reverted with.
  public var output: [UInt8] = []
  /// Why it failed, in geth's words.
  public var error: String?
  /// The text that a revert carries (`Error(string)` or `Panic(uint256)`).
  public var revertReason: String?
  /// The calls that it made, in order.
  public var calls: [CallFrame] = []
  /// Its own events, in order; none when it or a caller of it failed.
  public var logs: [CallLog] = []

  /// A frame that has just begun.
  public init(
    kind: Kind, from: Address, to: Address?, value: UInt256?, gas: UInt64, input: [UInt8]
  ) {
    self.kind = kind
    self.from = from
    self.to = to
    self.value = value
    self.gas = gas
    self.input = input
  }

  /// Takes back the events of what failed.
  mutating func dropLogsOfFailures(isUndone: Bool = false) {
    let isUndone = isUndone || error != nil
    if isUndone { logs = [] }
    for index in calls.indices { calls[index].dropLogsOfFailures(isUndone: isUndone) }
  }
}

/// An event in the frame of its contract.
public struct CallLog: Sendable, Equatable {
  /// The contract.
  public var address: Address
  /// The indexed words.
  public var topics: [Hash256]
  /// The rest.
  public var data: [UInt8]
  /// How many events of the transaction that stood at that time came before it.
  public var index: Int
  /// How many calls the frame had made before it.
  public var position: Int
}

extension CallFrame {
  /// Writes the object that geth's call tracer answers.
  public func write(into writer: inout JSONWriter) {
    writer.object { object in
      object.member("from", from.hex)
      object.quantity("gas", gas)
      object.quantity("gasUsed", gasUsed)
      if let to { object.member("to", to.hex) }
      object.member("input", Hex.encode(input))
      if !output.isEmpty { object.member("output", Hex.encode(output)) }
      if let error { object.member("error", error) }
      if let revertReason { object.member("revertReason", revertReason) }
      if !calls.isEmpty {
        object.key("calls")
        object.array { list in
          for call in calls { call.write(into: &list) }
        }
      }
      if !logs.isEmpty {
        object.key("logs")
        object.array { list in
          for log in logs { log.write(into: &list) }
        }
      }
      if let value { object.member("value", value.hex) }
      object.member("type", kind.rawValue)
    }
  }
}

extension CallLog {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.object { object in
      object.member("address", address.hex)
      object.key("topics")
      object.array { list in
        for topic in topics { list.value(topic.hex) }
      }
      object.member("data", Hex.encode(data))
      object.quantity("index", index)
      object.quantity("position", position)
    }
  }
}
