// Encodings of the protocol: what is written can be read, and what is read was written canonically.

internal import Ledger
internal import Primitives
internal import Samples

/// Valid encodings half of the time damaged, and sometimes plain noise.
private func hostile(_ encoding: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
  switch generator.below(16) {
  case 0: return generator.bytes(upTo: 60)
  case 1...6: return encoding
  default: return generator.mutated(encoding)
  }
}

/// RLP of any shape.
final class RLPTarget: ByteTarget {
  static let name = "rlp"
  static let summary = "RLP items: whatever can be read is canonical and comes back"

  func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
    if generator.oneIn(300) {
      let depth = RLPItem.depthLimit + generator.within(-2...2)
      return (0..<depth).reduce(into: RLPItem.list([])) { item, _ in item = .list([item]) }.encoded
    }
    return hostile(item(&generator, depth: 0).encoded, &generator)
  }

  private func item(_ generator: inout SeededGenerator, depth: Int) -> RLPItem {
    if depth == 4 || generator.oneIn(2) {
      let long = generator.oneIn(20) ? generator.pick([54, 55, 56, 57, 255, 256, 300]) : nil
      return .bytes(generator.bytes(long ?? generator.below(40)))
    }
    return .list(generator.array(upTo: 6) { item(&$0, depth: depth + 1) })
  }

  func check(_ bytes: [UInt8]) -> String? {
    do throws(RLPError) {
      let item = try RLPItem.decode(bytes)
      return item.encoded == bytes ? nil : "decoded, but encodes to \(Hex.encode(item.encoded))"
    } catch {
      guard (0...bytes.count).contains(error.offset) else {
        return "the error \(error.kind) names offset \(error.offset) of \(bytes.count) bytes"
      }
      return nil
    }
  }
}

/// Transactions of every type, and their pooled form.
final class TransactionTarget: ByteTarget {
  static let name = "transaction"
  static let summary = "encoded transactions: refused with a place, or read and written back"

  func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
    let transaction = generator.transaction()
    guard transaction.kind == .blob, generator.oneIn(200) else {
      return hostile(transaction.encoded, &generator)
    }
    let count = transaction.blobVersionedHashes.count
    let version = generator.pick([BlobSidecar.Version.blobProofs, .cellProofs])
    let sidecar = BlobSidecar(
      version: version,
      blobs: (0..<count).map { _ in [UInt8](repeating: 1, count: BlobSidecar.blobSize) },
      commitments: (0..<count).map { _ in generator.bytes(BlobSidecar.pointSize) },
      proofs: (0..<count * version.proofsPerBlob).map { _ in
        generator.bytes(BlobSidecar.pointSize)
      })
    let encoding = transaction.encoded(with: sidecar)
    return generator.oneIn(2) ? encoding : generator.mutated(encoding)
  }

  func check(_ bytes: [UInt8]) -> String? {
    if let problem = checkPlain(bytes) { return problem }
    do throws(TransactionDecodingError) {
      let (transaction, sidecar) = try Transaction.decode(pooled: bytes)
      let written = sidecar.map { transaction.encoded(with: $0) } ?? transaction.encoded
      return written == bytes ? nil : "read as pooled, but encodes to \(Hex.encode(written))"
    } catch {
      return place(of: error.offset, in: bytes)
    }
  }

  private func checkPlain(_ bytes: [UInt8]) -> String? {
    do throws(TransactionDecodingError) {
      let transaction = try Transaction(decoding: bytes)
      guard transaction.encoded == bytes else {
        return "decoded, but encodes to \(Hex.encode(transaction.encoded))"
      }
      return checkSignature(of: transaction)
    } catch {
      return place(of: error.offset, in: bytes)
    }
  }

  /// A sender exists by the newest rules only if it does by a fork's, and it signs nothing else.
  private func checkSignature(of transaction: Transaction) -> String? {
    guard let sender = try? transaction.recoverSender() else { return nil }
    var other = transaction
    other.nonce ^= 1
    return (try? other.recoverSender()) == sender ? "the nonce is not signed" : nil
  }
}

/// Headers of every fork.
final class HeaderTarget: ByteTarget {
  static let name = "header"
  static let summary = "encoded headers: refused with a place, or read and written back"

  func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
    hostile(generator.header().encoded, &generator)
  }

  func check(_ bytes: [UInt8]) -> String? {
    do throws(FieldDecodingError<Header.Field>) {
      let header = try Header(decoding: bytes)
      return header.encoded == bytes ? nil : "decoded, but encodes to \(Hex.encode(header.encoded))"
    } catch {
      return place(of: error.offset, in: bytes)
    }
  }
}

/// Blocks with transactions, ommers and withdrawals.
final class BlockTarget: ByteTarget {
  static let name = "block"
  static let summary = "encoded blocks: refused with a place, or read and written back"

  func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
    hostile(generator.block().encoded, &generator)
  }

  func check(_ bytes: [UInt8]) -> String? {
    do throws(Block.DecodingError) {
      let block = try Block(decoding: bytes)
      return block.encoded == bytes ? nil : "decoded, but encodes to \(Hex.encode(block.encoded))"
    } catch {
      return place(of: error.offset, in: bytes)
    }
  }
}

private func place(of offset: Int, in bytes: [UInt8]) -> String? {
  (0...bytes.count).contains(offset)
    ? nil : "the error names offset \(offset) of \(bytes.count) bytes"
}

/// Receipts, which are only written: against RLP as a tree.
final class ReceiptTarget: FuzzTarget {
  static let name = "receipt"
  static let summary = "encoded receipts: the tree that the specification writes"

  func run(_ generator: inout SeededGenerator) -> Finding? {
    let kind = generator.pick(Transaction.Kind.allCases)
    let outcome: Receipt.Outcome =
      generator.oneIn(2) ? .status(generator.oneIn(2)) : .stateRoot(generator.hash())
    let receipt = Receipt(
      kind: kind, outcome: outcome, cumulativeGasUsed: generator.number(),
      logs: generator.array(upTo: 4) { $0.log() })
    let expected = (kind == .legacy ? [] : [kind.rawValue]) + tree(of: receipt).encoded
    return receipt.encoded == expected
      ? nil : Finding("expected \(Hex.encode(expected))", input: receipt.encoded)
  }

  private func tree(of receipt: Receipt) -> RLPItem {
    let first: RLPItem =
      switch receipt.outcome {
      case .status(let succeeded): .bytes(succeeded ? [1] : [])
      case .stateRoot(let root): .bytes(root.bytes)
      }
    let logs = receipt.logs.map { log in
      RLPItem.list([
        .bytes(log.address.bytes), .list(log.topics.map { .bytes($0.bytes) }), .bytes(log.data),
      ])
    }
    let gas = UInt256(receipt.cumulativeGasUsed).minimalBigEndianBytes
    return .list([first, .bytes(gas), .bytes(bloom(of: receipt.logs)), .list(logs)])
  }

  /// The filter by the words of the Yellow Paper, 4.3.1: three bits of 2048 for each entry.
  private func bloom(of logs: [Log]) -> [UInt8] {
    var bloom = [UInt8](repeating: 0, count: 256)
    for log in logs {
      for entry in [log.address.bytes] + log.topics.map(\.bytes) {
        let hash = keccak(entry)
        for pair in 0..<3 {
          let bit = (Int(hash[2 * pair]) << 8 | Int(hash[2 * pair + 1])) & 2047
          bloom[255 - bit / 8] |= 1 << UInt8(bit % 8)
        }
      }
    }
    return bloom
  }
}
