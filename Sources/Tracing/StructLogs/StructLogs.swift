// Instructions, one after another.

import JSON
public import Primitives

/// What geth's `debug_traceTransaction` answers without a named tracer; the shape is that of
/// `OpcodeTransactionTrace` in the Execution APIs.
public struct StructLogs: Sendable, Equatable {
  /// The gas that the transaction paid for.
  public var gas: UInt64
  /// Whether it failed.
  public var failed: Bool
  /// What it returned, or reverted with; empty after another failure.
  public var returnValue: [UInt8]
  /// The instructions in order.
  public var logs: [StructLog]
}

/// An instruction, and the frame just before it.
public struct StructLog: Sendable, Equatable {
  /// Position in the code.
  public var pc: Int
  /// The mnemonic.
  public var op: String
  /// Gas before the instruction.
  public var gas: UInt64
  /// Its price, with what it passes to a call, but without what it passes to a creation.
  public var gasCost: UInt64 = 0
  /// One for the outermost frame.
  public var depth: Int
  /// Why it could not run: for want of gas, or for its stack.
  public var error: String?
  /// Bottom first.
  public var stack: [UInt256]?
  /// The output of the last call.
  public var returnData: [UInt8]?
  /// The active memory.
  public var memory: [UInt8]?
  /// For SLOAD and SSTORE, the slots of the contract that the transaction has accessed so far, this
  /// instruction included.
  public var storage: [UInt256: UInt256]?
  /// The refund counter of the transaction.
  public var refund: UInt64
}

extension StructLogs {
  func write(into writer: inout JSONWriter) {
    writer.object { object in
      object.member("gas", gas)
      object.member("failed", failed)
      object.member("returnValue", Hex.encode(returnValue))
      object.key("structLogs")
      object.array { list in
        for log in logs { log.write(into: &list) }
      }
    }
  }
}

extension StructLog {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.object { object in
      object.member("pc", pc)
      object.member("op", op)
      object.member("gas", gas)
      object.member("gasCost", gasCost)
      object.member("depth", depth)
      if let error { object.member("error", error) }
      if let stack {
        object.key("stack")
        object.array { list in
          for word in stack { list.value(word.hex) }
        }
      }
      if let returnData, !returnData.isEmpty {
        object.member("returnData", Hex.encode(returnData))
      }
      if let memory {
        object.key("memory")
        object.array { list in
          for start in stride(from: 0, to: memory.count, by: 32) {
            list.value(Hex.encode(memory[start..<min(start + 32, memory.count)]))
          }
        }
      }
      if let storage { Self.write(storage, into: &object) }
      if refund != 0 { object.member("refund", refund) }
    }
  }

  private static func write(_ storage: [UInt256: UInt256], into writer: inout JSONWriter) {
    writer.key("storage")
    writer.object { object in
      for (slot, word) in storage.sorted(by: { $0.key < $1.key }) {
        object.member(Hash256(slot).hex, Hash256(word).hex)
      }
    }
  }
}
