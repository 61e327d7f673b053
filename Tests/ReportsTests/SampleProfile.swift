// Profiles to report about.

import Execution
import Primitives
import State

/// Small blocks with known dependencies.
enum SampleProfile {
  static let token = Address(0x70)
  static let transfer = CalledFunction(contract: token, selector: 0xa905_9cbb)

  static func slot(_ number: UInt64) -> ProfiledLocation {
    .slot(StorageKey(address: token, slot: UInt256(number)))
  }

  static func transaction(
    _ nanoseconds: UInt64, _ dependencies: [(writer: Int, location: ProfiledLocation)] = [],
    avoided: [AvoidedDependency] = []
  ) -> TransactionProfile {
    TransactionProfile(
      sender: Address(1), function: transfer, gasUsed: 1000, nanoseconds: nanoseconds,
      dependencies: dependencies.map {
        Dependency(on: $0.writer, location: $0.location, function: transfer)
      }, avoided: avoided)
  }

  /// Three transactions on slot 5, one of which also needs slot 6, and one for itself.
  static let small = BlockProfile(transactions: [
    transaction(100),
    transaction(200, [(0, slot(5)), (0, slot(6))]),
    transaction(
      300, [(1, slot(5))], avoided: [AvoidedDependency(on: 1, account: token, reason: .fee)]),
    transaction(50, avoided: [AvoidedDependency(on: 2, account: token, reason: .fee)]),
  ])

  /// A chain of so many transactions.
  static func chain(_ count: Int) -> BlockProfile {
    BlockProfile(
      transactions: (0..<count).map { transaction(10, $0 == 0 ? [] : [($0 - 1, slot(5))]) })
  }
}
