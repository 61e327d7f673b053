// How a request names a block.

internal import JSON
internal import Primitives

/// A block as a request names it: by number, hash or tag (EIP-1898).
enum BlockSelector: Equatable {
  case number(UInt64)
  case hash(Hash256)
  case earliest
  case latest
  case pending
  case safe
  case finalized

  init(_ value: JSONValue) throws(RPCError) {
    if value.kind == .object {
      self = try Self.named(by: value)
      return
    }
    switch try value.rpcText() {
    case "earliest": self = .earliest
    case "latest": self = .latest
    case "pending": self = .pending
    case "safe": self = .safe
    case "finalized": self = .finalized
    case let text where text.utf8.count == 66: self = .hash(try value.rpcHash())
    default: self = .number(try value.rpcQuantity())
    }
  }

  private static func named(by object: JSONValue) throws(RPCError) -> BlockSelector {
    let number = try object.rpcMember("blockNumber") { (value) throws(RPCError) in
      try BlockSelector(value)
    }
    let hash = try object.rpcMember("blockHash") { (value) throws(RPCError) in try value.rpcHash() }
    switch (number, hash) {
    case (let number?, nil): return number
    case (nil, let hash?): return .hash(hash)
    case (nil, nil): throw .invalidParameters("neither blockNumber nor blockHash")
    case (.some, .some):
      throw .invalidParameters(
        "cannot specify both BlockHash and BlockNumber, choose one or the other")
    }
  }
}
