// Random values that are the same in every run.

import Ledger
import Primitives

/// SplitMix64: reproducible, so that a failure can be found again by its seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  mutating func flip() -> Bool { next() & 1 == 0 }

  /// A number of random width, so that small and huge ones both occur.
  mutating func number() -> UInt64 { next() >> UInt64(below(64)) }

  /// A word of random width.
  mutating func word() -> UInt256 {
    UInt256(l0: next(), l1: next(), l2: next(), l3: next()) &>> below(257)
  }

  mutating func bytes(upTo limit: Int) -> [UInt8] {
    (0..<below(limit + 1)).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  mutating func address() -> Address {
    Address(l0: next(), l1: next(), l2: UInt32(truncatingIfNeeded: next()))
  }

  mutating func hash() -> Hash256 {
    Hash256(UInt256(l0: next(), l1: next(), l2: next(), l3: next()))
  }

  mutating func array<Element>(
    upTo limit: Int, _ element: (inout SeededGenerator) -> Element
  ) -> [Element] {
    (0..<below(limit + 1)).map { _ in element(&self) }
  }

  mutating func signature(parityLimit: Int = 1) -> Signature {
    Signature(yParity: UInt8(below(parityLimit + 1)), r: word(), s: word())
  }

  /// A transaction whose fields are all random; only its form is valid.
  mutating func transaction(_ kind: Transaction.Kind) -> Transaction {
    var transaction = Transaction(
      kind: kind, chainID: kind == .legacy && flip() ? nil : number(), nonce: number(),
      maxFeePerGas: word(), gasLimit: number(), to: below(4) == 0 ? nil : address(),
      value: word(), data: bytes(upTo: 80), signature: signature())
    if kind.hasDynamicFee { transaction.maxPriorityFeePerGas = word() }
    if kind != .legacy {
      transaction.accessList = array(upTo: 3) { generator in
        AccessListEntry(
          address: generator.address(), slots: generator.array(upTo: 3) { $0.word() })
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

  /// A header with the optional fields up to a random fork.
  mutating func header() -> Header {
    var header = Header(
      parentHash: hash(), ommersHash: hash(), coinbase: address(), stateRoot: hash(),
      transactionsRoot: hash(), receiptsRoot: hash(), logsBloom: bloom(), difficulty: word(),
      number: number(), gasLimit: number(), gasUsed: number(), timestamp: number(),
      extraData: bytes(upTo: 32), prevRandao: hash(), nonce: next())
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
      header: header(),
      transactions: array(upTo: 4) { generator in
        generator.transaction(Transaction.Kind.allCases[generator.below(5)])
      },
      ommers: array(upTo: 2) { $0.header() },
      withdrawals: flip()
        ? nil
        : array(upTo: 3) { generator in
          Withdrawal(
            index: generator.number(), validatorIndex: generator.number(),
            address: generator.address(), amount: generator.number())
        })
  }
}
