// The memory that workers share, used by several threads at once: for Thread Sanitizer, too.

import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Execution

@Suite struct ParallelMemoryTests {
  private typealias Location = AccountLocation<Unscheduled>
  private typealias Memory = MultiVersionMemory<Unscheduled>

  private static let threads = 3

  /// What each worker of a pool answers.
  private static func results<Value>(_ body: @escaping (Int) -> Value) -> [Value] {
    let pool = WorkerPool(threads: threads)
    let values = UnsafeMutablePointer<Value?>.allocate(capacity: threads + 1)
    values.initialize(repeating: nil, count: threads + 1)
    defer {
      values.deinitialize(count: threads + 1)
      values.deallocate()
    }
    pool.run { values[$0] = body($0) }
    return (0...pool.threadCount).compactMap { values[$0] }
  }

  /// Memory that stays where it is, and each worker's own part of it.
  private final class Stage {
    let memory = UnsafeMutablePointer<Memory>.allocate(capacity: 1)
    let records = UnsafeMutablePointer<WorkerRecords<Unscheduled>>.allocate(capacity: 4)

    init(_ accounts: [AccountAllocation] = []) {
      memory.initialize(to: Memory(view: MemoryState(accounts)))
      memory.pointee.reset(
        view: MemoryState(accounts),
        expecting: ExpectedLocations(
          transactions: 8, gasLimit: 1_000_000, slotsBefore: 0, foretold: 0))
      for worker in 0...threads { (records + worker).initialize(to: WorkerRecords()) }
    }

    deinit {
      records.deinitialize(count: threads + 1)
      records.deallocate()
      memory.deinitialize(count: 1)
      memory.deallocate()
    }
  }

  @Test func aKeyHasOneLocationWhoeverAsksFirst() {
    let stage = Stage()
    let found = Self.results { worker in
      var random = SeededGenerator(seed: UInt64(worker))
      var locations: [UInt: Address] = [:]
      for _ in 0..<4_000 {
        let address = Address(UInt64(random.below(500)))
        let location = stage.memory.pointee.accounts.intern(
          address, in: &stage.records[worker].accounts)
        locations[UInt(bitPattern: location)] = location.pointee.key
      }
      return locations
    }
    var addresses: [UInt: Address] = [:]
    for locations in found { addresses.merge(locations) { first, _ in first } }
    #expect(addresses.count == 500)
    #expect(Set(addresses.values).count == 500)
  }

  @Test func versionsStandInTheOrderOfTheBlock() {
    let stage = Stage()
    let location = stage.memory.pointee.accounts.intern(
      Address(1), in: &stage.records[0].accounts)
    let count = 1_000
    _ = Self.results { worker in
      for place in stride(from: worker + 1, through: count, by: Self.threads + 1) {
        let version = stage.records[worker].arena.allocate(Memory.AccountVersion.self)
        version.initialize(
          to: Version(Place(place), VersionState.pending, Self.payment(of: 1)))
        VersionList.insert(version, at: location.pointee.versions)
      }
    }
    var places: [Place] = []
    var next = location.pointee.versions.load()
    while let version = VersionList<AccountWrite, Unscheduled>.node(next) {
      places.append(version.pointee.load().place)
      next = version.pointee.next.load()
    }
    #expect(places == (1...Place(count)).reversed())
  }

  @Test func aReaderSeesWholeWrites() {
    let account = AccountAllocation(address: Address(1), nonce: 3, balance: 1_000)
    let stage = Stage([account])
    let location = stage.memory.pointee.accounts.intern(
      Address(1), in: &stage.records[0].accounts)
    let areWhole = Self.results { worker -> Bool in
      var isWhole = true
      for place in 1...500 {
        if worker == 0 {
          let version = stage.records[0].arena.allocate(Memory.AccountVersion.self)
          version.initialize(
            to: Version(Place(place), VersionState.pending, Self.payment(of: 7)))
          VersionList.insert(version, at: location.pointee.versions)
        }
        let seen = try? stage.memory.pointee.snapshot(of: location, before: 1_000)
        let paid = (seen?.account.balance ?? 0) &- 1_000
        isWhole = isWhole && paid.l0 % 7 == 0 && seen?.account.nonce == 3
      }
      return isWhole
    }
    #expect(areWhole.allSatisfy { $0 })
  }

  private static func payment(of amount: UInt256) -> AccountWrite {
    AccountWrite(
      aspects: .balance, exists: true, wipes: 0, nonce: 0, codeHash: .zero,
      balanceDifference: amount)
  }
}
