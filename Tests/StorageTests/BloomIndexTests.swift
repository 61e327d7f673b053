// Blocks with some logs are found as by reading every header.

import Foundation
import Ledger
import Primitives
import Samples
import Testing

@testable import Storage

@Suite struct BloomIndexTests {
  private static let contracts = (0..<20 as Range<UInt64>).map {
    Address(l0: $0, l1: 7, l2: 9)
  }

  /// Blooms of blocks with few logs, many, or none.
  private static func blooms(_ random: inout SeededGenerator, density: Int) -> [Bloom] {
    (0..<Int(BloomSection.size)).map { _ in
      var bloom = Bloom()
      if density == 0 || !random.oneIn(density) { return bloom }
      for _ in 0..<1 + random.below(3) { bloom.insert(random.pick(contracts)) }
      if random.oneIn(50) { for _ in 0..<200 { bloom.insert(random.hash()) } }
      return bloom
    }
  }

  private static func section(_ blooms: [Bloom]) -> BloomSection {
    var section = BloomSection()
    for (place, bloom) in blooms.enumerated() { section.add(bloom, at: place) }
    return section
  }

  private static func query(_ random: inout SeededGenerator) -> BloomQuery {
    var topics: [[Hash256]] = []
    if random.oneIn(4) { topics = [[], [random.hash(), random.hash()]] }
    return BloomQuery(
      addresses: (0..<random.below(4)).map { _ in random.pick(contracts) }, topics: topics)
  }

  private static func emptyFolder() throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    return folder
  }

  private func numbers(_ row: [UInt64]) -> [Int] {
    (0..<Int(BloomSection.size)).filter { row[$0 / 64] & 1 &<< UInt64($0 % 64) != 0 }
  }

  @Test(arguments: [0, 1, 40, 4000])
  func aSectionAnswersAsItsBloomsDo(density: Int) throws {
    var random = SeededGenerator(seed: UInt64(900 + density))
    let folder = try Self.emptyFolder()
    defer { withExtendedLifetime(folder) {} }
    let index = BloomIndex(folder.path + "/blooms", oldestBlock: 2 * BloomSection.size + 5)
    var kept: [(number: UInt64, last: Hash256, blooms: [Bloom])] = []
    // Not in order, and one of them twice.
    for number in [4, 2, 3, 2] as [UInt64] {
      let blooms = Self.blooms(&random, density: density)
      let last = random.hash()
      index.keep(Self.section(blooms), of: number, endingWith: last)
      kept.removeAll { $0.number == number }
      kept.append((number, last, blooms))
    }
    for _ in 0..<20 {
      let query = Self.query(&random)
      for (number, last, blooms) in kept {
        let row = try #require(index.blocks(of: number, endingWith: last, matching: query))
        #expect(numbers(row) == blooms.indices.filter { query.mayMatch(blooms[$0]) })
      }
    }
    let all = BloomQuery()
    #expect(index.blocks(of: 2, endingWith: random.hash(), matching: all) == nil)
    for absent in [0, 1, 5, UInt64.max] {
      #expect(index.blocks(of: absent, endingWith: kept[0].last, matching: all) == nil)
    }
  }

  /// What is damaged is not believed, wherever the damage is.
  @Test(arguments: 0..<8)
  func aDamagedSectionAnswersNothingOrTheTruth(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(920 + seed))
    let folder = try Self.emptyFolder()
    defer { withExtendedLifetime(folder) {} }
    let path = folder.path + "/blooms"
    let blooms = Self.blooms(&random, density: 2)
    let last = random.hash()
    BloomIndex(path, oldestBlock: 0).keep(Self.section(blooms), of: 0, endingWith: last)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for round in 0..<100 {
      var damaged = whole
      if round % 10 == 0 {
        damaged.removeLast(1 + random.below(whole.count))
      } else {
        let place = round % 2 == 0 ? random.below(320) : random.below(whole.count)
        for place in place..<min(whole.count, place + 1 + random.below(600)) {
          damaged[place] = round % 3 == 0 ? 0 : UInt8(random.below(256))
        }
      }
      try damaged.write(to: URL(fileURLWithPath: path))
      let query = Self.query(&random)
      let row = BloomIndex(path, oldestBlock: 0).blocks(
        of: 0, endingWith: last, matching: query)
      if let row {
        #expect(numbers(row) == blooms.indices.filter { query.mayMatch(blooms[$0]) })
      }
    }
  }

  /// A chain of a section and more, asked again and again, goes back and on along another branch.
  @Test func aStoreAnswersAsItsHeadersDo() throws {
    var random = SeededGenerator(seed: 940)
    let folder = TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var model = ChainModel(&random, size: .init(accounts: 2, slots: 1, changes: 1))
    let options = Store.Options(cacheSize: 8 << 20, isSynced: false)
    let store = try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations, options: options)
    let end = BloomSection.size - 1
    func extend(to number: UInt64) throws {
      while model.head.number < number { try store.add(model.extend(&random)) }
    }
    func expectTheTruth() throws {
      let logs = model.blocks.flatMap(\.receipts).flatMap(\.logs)
      for _ in 0..<6 {
        let query =
          random.oneIn(4)
          ? BloomQuery()
          : BloomQuery(
            addresses: (0..<random.below(3)).map { _ in random.pick(logs).address },
            topics: random.flip() ? [] : [random.pick(logs).topics])
        let head = model.head.number
        let first = random.flip() ? 0 : UInt64(random.below(Int(head)))
        let range = first...(random.flip() ? head : head + UInt64(random.below(9000)))
        var (found, next) = ([UInt64](), range.lowerBound)
        while next <= range.upperBound {
          let (numbers, through) = try store.blocks(at: next...range.upperBound, matching: query)
          found += numbers
          next = through + 1
        }
        let expected = model.blocks.filter {
          range.contains($0.header.number) && query.mayMatch($0.header.logsBloom)
        }.map(\.header.number)
        #expect(found == expected)
      }
    }
    func isKept() throws -> Bool {
      guard let last = try store.hash(ofBlock: end) else { return false }
      return store.blooms.blocks(of: 0, endingWith: last, matching: BloomQuery()) != nil
    }
    try extend(to: end - 1)
    try expectTheTruth()
    _ = try store.blocks(at: 0...end, matching: BloomQuery())
    #expect(try !isKept())
    try extend(to: end + 50)
    _ = try store.blocks(at: 1...end + 50, matching: BloomQuery())
    #expect(try !isKept())
    _ = try store.blocks(at: 0...end + 50, matching: BloomQuery())
    #expect(try isKept())
    try expectTheTruth()
    for _ in 0..<100 { model.retreat() }
    try store.retreat(to: model.head.number)
    try expectTheTruth()
    try extend(to: end + 20)
    #expect(try !isKept())
    try expectTheTruth()
    _ = try store.blocks(at: 0...end, matching: BloomQuery())
    #expect(try isKept())
    try expectTheTruth()
    try store.close()
  }
}
