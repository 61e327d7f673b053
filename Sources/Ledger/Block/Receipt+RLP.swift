// Receipts and events as bytes.

import Crypto
public import Primitives

extension Receipt {
  /// The canonical encoding: what the trie of receipts holds (EIP-2718).
  public var encoded: [UInt8] {
    var encoder = RLPEncoder(reservingCapacity: 320 + logs.reduce(0) { $0 + $1.encodedSizeBound })
    write(to: &encoder)
    return encoder.bytes
  }

  /// Writes the canonical encoding, which for a typed transaction is no RLP item.
  public func write(to encoder: inout RLPEncoder) {
    // Smaller than 0x80, the type byte is its own RLP encoding.
    if kind != .legacy { encoder.encode(UInt64(kind.rawValue)) }
    encoder.list { encoder in
      switch outcome {
      case .status(let succeeded): encoder.encode(succeeded)
      case .stateRoot(let root): encoder.encode(root)
      }
      encoder.encode(cumulativeGasUsed)
      bloom.write(to: &encoder)
      encoder.list { encoder in
        // Through pointers, so that nothing is copied.
        logs.withUnsafeBufferPointer { logs in
          guard let first = logs.baseAddress else { return }
          for index in logs.indices { (first + index).pointee.write(to: &encoder) }
        }
      }
    }
  }
}

extension Log {
  /// Writes the event as an item.
  public func write(to encoder: inout RLPEncoder) {
    encoder.list { encoder in
      encoder.encode(address)
      encoder.list { encoder in
        topics.withUnsafeBufferPointer { for topic in $0 { encoder.encode(topic) } }
      }
      encoder.encode(data)
    }
  }

  /// Keccak-256 of the encoding of a list of events, by which state tests compare them.
  public static func hash(of logs: [Log]) -> Hash256 {
    var encoder = RLPEncoder(reservingCapacity: 16 + logs.reduce(0) { $0 + $1.encodedSizeBound })
    encoder.list { encoder in
      for log in logs { log.write(to: &encoder) }
    }
    return Keccak256.hash(encoder.bytes)
  }

  /// An upper bound of the encoding's length.
  fileprivate var encodedSizeBound: Int { 48 + 33 * topics.count + data.count }
}

extension Bloom {
  func write(to encoder: inout RLPEncoder) {
    withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { buffer in
      store(at: buffer.baseAddress.unsafelyUnwrapped)
      encoder.encode(UnsafeRawBufferPointer(buffer))
    }
  }
}
