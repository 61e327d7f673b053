// Deposits to the beacon chain, found among the events of a block (EIP-6110).

import Ledger
import Primitives

/// Reads the events of a deposit contract.
enum DepositRequests {
  /// The first topic of its events.
  static let topic = Hash256(
    0x649b_bc62_d0e3_1342_afea_4e5c_d82d_4049_e7e1_ee91_2fc0_889a_a790_803b_e390_38c5)

  /// A field of the event: where its length stands, and how long it must be.
  private struct Part {
    let offset: Int
    let count: Int
  }

  /// Public key, withdrawal credentials, amount, signature and index, as the ABI lays them out.
  private static let parts = [
    Part(offset: 160, count: 48), Part(offset: 256, count: 32), Part(offset: 320, count: 8),
    Part(offset: 384, count: 96), Part(offset: 512, count: 8),
  ]
  private static let eventLength = 576

  /// The deposits that `contract` took, as `logs` tell, one after another; nil when an event of the
  /// contract is not laid out as it must be.
  static func collect(from logs: [Log], of contract: Address) -> [UInt8]? {
    var deposits: [UInt8] = []
    for log in logs where log.address == contract && log.topics.first == topic {
      guard let deposit = deposit(in: log.data) else { return nil }
      deposits += deposit
    }
    return deposits
  }

  /// The fields of the event in a row.
  private static func deposit(in data: [UInt8]) -> [UInt8]? {
    guard data.count == eventLength else { return nil }
    var deposit: [UInt8] = []
    for (index, part) in parts.enumerated() {
      guard word(in: data, at: 32 * index) == UInt256(UInt64(part.offset)),
        word(in: data, at: part.offset) == UInt256(UInt64(part.count))
      else { return nil }
      deposit += data[part.offset + 32..<part.offset + 32 + part.count]
    }
    return deposit
  }

  private static func word(in data: [UInt8], at offset: Int) -> UInt256? {
    UInt256(bigEndian: data[offset..<offset + 32])
  }
}
