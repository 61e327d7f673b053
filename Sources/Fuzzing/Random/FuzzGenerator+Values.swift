// Values in which faults like to hide.

internal import Ledger
internal import Primitives

extension FuzzGenerator {
  /// A number of any width: small and huge ones both occur, and those at the edges.
  mutating func number() -> UInt64 {
    oneIn(6) ? pick([0, 1, 0x7f, 0x80, 0xff, 0x100, .max - 1, .max]) : next() >> UInt64(below(64))
  }

  /// A word of any width, often at an edge.
  mutating func word() -> UInt256 {
    switch below(8) {
    case 0: return UInt256(UInt64(below(64)))
    case 1: return edgeWord()
    case 2: return edgeWord() &- UInt256(UInt64(below(40)))
    case 3: return UInt256(l0: limb(), l1: limb(), l2: limb(), l3: limb())
    case 4: return UInt256(limb())
    default: return UInt256(l0: next(), l1: next(), l2: next(), l3: next()) &>> below(257)
    }
  }

  /// A power of two, one less or one more, or its negative.
  mutating func edgeWord() -> UInt256 {
    let exponent =
      oneIn(2) ? pick([8, 16, 31, 32, 63, 64, 127, 128, 160, 192, 255, 256]) : below(257)
    let power = UInt256.one &<< exponent
    return pick([power, power &- .one, power &+ .one, power.negated, .max, .zero])
  }

  /// A limb that is often at an edge.
  private mutating func limb() -> UInt64 {
    oneIn(2) ? next() : pick([0, 1, 2, .max, .max - 1, 1 << 63, 1 << 63 - 1, 1 << 32])
  }

  mutating func address() -> Address {
    oneIn(4)
      ? Address(UInt64(below(0x120)))
      : Address(l0: next(), l1: next(), l2: UInt32(truncatingIfNeeded: next()))
  }

  mutating func hash() -> Hash256 {
    Hash256(UInt256(l0: next(), l1: next(), l2: next(), l3: next()))
  }

  mutating func signature(parityLimit: Int = 1) -> Signature {
    Signature(yParity: UInt8(below(parityLimit + 1)), r: word(), s: word())
  }

  /// A transaction of `kind` whose fields may hold anything that can be encoded.
  mutating func transaction(_ kind: Transaction.Kind) -> Transaction {
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

  mutating func transaction() -> Transaction { transaction(pick(Transaction.Kind.allCases)) }

  /// A header with the optional fields up to a random fork.
  mutating func header() -> Header {
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

  mutating func bloom() -> Bloom {
    var bloom = Bloom()
    for _ in 0..<below(20) { bloom.insert(hashed: hash()) }
    return bloom
  }

  mutating func block() -> Block {
    Block(
      header: header(), transactions: array(upTo: 4) { $0.transaction() },
      ommers: array(upTo: 2) { $0.header() },
      withdrawals: oneIn(2) ? nil : array(upTo: 3) { $0.withdrawal() })
  }

  mutating func withdrawal() -> Withdrawal {
    Withdrawal(
      index: number(), validatorIndex: number(), address: address(), amount: number())
  }

  mutating func log() -> Log {
    Log(address: address(), topics: array(upTo: 4) { $0.hash() }, data: bytes(upTo: 80))
  }
}
