// Nouns of the protocol whose fields may hold anything that can be encoded.

public import Ledger
internal import Primitives

extension SeededGenerator {
  /// A signature that nobody made.
  public mutating func signature(parityLimit: Int = 1) -> Signature {
    Signature(yParity: UInt8(below(parityLimit + 1)), r: word(), s: word())
  }

  /// A transaction of `kind` whose fields may hold anything that can be encoded.
  public mutating func transaction(_ kind: Transaction.Kind) -> Transaction {
    var transaction = Transaction(
      kind: kind, chainID: kind == .legacy && oneIn(2) ? nil : number(), nonce: number(),
      maxPriorityFeePerGas: kind.hasDynamicFee ? word() : nil, maxFeePerGas: word(),
      gasLimit: number(), to: oneIn(4) ? nil : address(), value: word(), data: bytes(upTo: 80),
      signature: signature())
    if kind != .legacy {
      transaction.accessList = array(upTo: 3) { generator in
        AccessListEntry(address: generator.address(), slots: generator.array(upTo: 3) { $0.word() })
      }
    }
    if kind == .blob {
      transaction.maxFeePerBlobGas = word()
      transaction.blobVersionedHashes = array(upTo: 3) { $0.hash() }
    }
    if kind == .setCode {
      transaction.authorizations = array(upTo: 3) { generator in
        Authorization(
          chainID: generator.word(), address: generator.address(), nonce: generator.number(),
          signature: generator.signature(parityLimit: 255))
      }
    }
    return transaction
  }

  /// A transaction of any kind.
  public mutating func transaction() -> Transaction { transaction(pick(Transaction.Kind.allCases)) }

  /// A header with the optional fields up to a random fork.
  public mutating func header() -> Header {
    var header = Header(
      parentHash: hash(), ommersHash: hash(), coinbase: address(), stateRoot: hash(),
      transactionsRoot: hash(), receiptsRoot: hash(), logsBloom: bloom(), difficulty: word(),
      number: number(), gasLimit: number(), gasUsed: number(), timestamp: number(),
      extraData: bytes(upTo: 40), prevRandao: hash(), nonce: next())
    let forks = below(5)
    if forks > 0 { header.baseFeePerGas = word() }
    if forks > 1 { header.withdrawalsRoot = hash() }
    if forks > 2 {
      header.blobGasUsed = number()
      header.excessBlobGas = number()
      header.parentBeaconBlockRoot = hash()
    }
    if forks > 3 { header.requestsHash = hash() }
    return header
  }

  /// A filter over a few hashes.
  public mutating func bloom() -> Bloom {
    var bloom = Bloom()
    for _ in 0..<below(20) { bloom.insert(BloomEntry(hashed: hash())) }
    return bloom
  }

  /// A block with a body that its header does not know.
  public mutating func block() -> Block {
    Block(
      header: header(), transactions: array(upTo: 4) { $0.transaction() },
      ommers: array(upTo: 2) { $0.header() },
      withdrawals: oneIn(2) ? nil : array(upTo: 3) { $0.withdrawal() })
  }

  /// A payment from the consensus layer.
  public mutating func withdrawal() -> Withdrawal {
    Withdrawal(
      index: number(), validatorIndex: number(), address: address(), amount: number())
  }

  /// An event.
  public mutating func log() -> Log {
    Log(address: address(), topics: array(upTo: 4) { $0.hash() }, data: bytes(upTo: 80))
  }
}
