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

  private static func numbers(_ row: [UInt64]) -> [Int] {
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
        #expect(Self.numbers(row) == blooms.indices.filter { query.mayMatch(blooms[$0]) })
      }
    }
    let all = BloomQuery()
    #expect(index.blocks(of: 2, endingWith: random.hash(), matching: all) == nil)
    for absent in [0, 1, 5, UInt64.max] {
      #expect(index.blocks(of: absent, endingWith: kept[0].last, matching: all) == nil)
    }
  }

  /// A whole file of one section, and what is asked of it.
  private struct Sample {
    let folder: TemporaryFolder
    let path: String
    let blooms: [Bloom]
    let last: Hash256

    init(_ random: inout SeededGenerator) throws {
      folder = try BloomIndexTests.emptyFolder()
      path = folder.path + "/blooms"
      blooms = BloomIndexTests.blooms(&random, density: 2)
      last = random.hash()
      BloomIndex(path, oldestBlock: 0).keep(
        BloomIndexTests.section(blooms), of: 0, endingWith: last)
    }

    var file: Data { get throws { try Data(contentsOf: URL(fileURLWithPath: path)) } }

    /// What the index answers where the file has these contents; it must be nothing or the truth.
    func answer(_ query: BloomQuery, from contents: Data) throws -> Bool {
      try contents.write(to: URL(fileURLWithPath: path))
      let row = BloomIndex(path, oldestBlock: 0).blocks(
        of: 0, endingWith: last, matching: query)
      guard let row else { return false }
      #expect(
        BloomIndexTests.numbers(row) == blooms.indices.filter { query.mayMatch(blooms[$0]) })
      return true
    }
  }

  private static func place(ofRow row: Int) -> Int { 4096 + row * 520 }

  /// What is damaged is not believed, wherever the damage is.
  @Test(arguments: 0..<8)
  func aDamagedSectionAnswersNothingOrTheTruth(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(920 + seed))
    let sample = try Sample(&random)
    let whole = try sample.file
    var (answered, refused) = (0, 0)
    for round in 0..<100 {
      let contract = random.pick(Self.contracts)
      let query = BloomQuery(addresses: [contract])
      let entry = query.alternatives[0][0]
      #expect(try sample.answer(query, from: whole))
      var damaged = whole
      // In the header, in a row that is read, in one of all, or the file is cut off.
      let start =
        switch round % 4 {
        case 0: random.below(312)
        case 1: Self.place(ofRow: Int(entry.second)) + random.below(520)
        default: random.below(whole.count)
        }
      if round % 4 == 3 {
        damaged.removeLast(whole.count - start)
      } else {
        for place in start..<min(whole.count, start + 1 + random.below(600)) {
          damaged[place] = round % 3 == 0 ? 0 : UInt8(random.below(256))
        }
      }
      if try sample.answer(query, from: damaged) { answered += 1 } else { refused += 1 }
    }
    #expect(answered > 0 && refused > 40)
  }

  /// Rows that were written for another branch, or of another bit, are whole, and still not believed.
  @Test func rowsOfAnotherSectionAreNotBelieved() throws {
    var random = SeededGenerator(seed: 930)
    let (sample, other) = (try Sample(&random), try Sample(&random))
    let (whole, rows) = (try sample.file, try other.file)
    let query = BloomQuery(addresses: [Self.contracts[0]])
    let entry = query.alternatives[0][0]
    let row = Self.place(ofRow: Int(entry.first))..<Self.place(ofRow: Int(entry.first) + 1)
    for source in [rows[row], whole[Self.place(ofRow: 2048)..<Self.place(ofRow: 2049)]] {
      var mixed = whole
      mixed.replaceSubrange(row, with: source)
      #expect(try !sample.answer(query, from: mixed))
    }
    #expect(try sample.answer(query, from: whole))
  }

  /// Whoever reads while a section is written again and again for two branches gets nothing or the truth.
  @Test func readersBesideAWriterGetTheTruth() async throws {
    var random = SeededGenerator(seed: 931)
    let (sample, other) = (try Sample(&random), try Sample(&random))
    let index = BloomIndex(sample.path, oldestBlock: 0)
    let branches = [(sample.blooms, sample.last), (other.blooms, other.last)]
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for round in 0..<40 {
          let (blooms, last) = branches[round % 2]
          index.keep(Self.section(blooms), of: 0, endingWith: last)
        }
      }
      for seed in 0..<2 as Range<UInt64> {
        group.addTask {
          var random = SeededGenerator(seed: seed)
          for _ in 0..<300 {
            let query = BloomQuery(addresses: [random.pick(Self.contracts)])
            for (blooms, last) in branches {
              let row = index.blocks(of: 0, endingWith: last, matching: query)
              guard let row else { continue }
              #expect(Self.numbers(row) == blooms.indices.filter { query.mayMatch(blooms[$0]) })
            }
          }
        }
      }
    }
    #expect(index.blocks(of: 0, endingWith: other.last, matching: BloomQuery()) != nil)
  }

  @Test func whereTheFileCannotBeNothingIsMade() throws {
    var random = SeededGenerator(seed: 932)
    let folder = try Self.emptyFolder()
    defer { withExtendedLifetime(folder) {} }
    let index = BloomIndex(folder.path, oldestBlock: 0)
    let last = random.hash()
    #expect(index.begin(0))
    #expect(!index.begin(0), "somebody makes it")
    index.keep(Self.section(Self.blooms(&random, density: 9)), of: 0, endingWith: last)
    index.end(0)
    #expect(!index.begin(0), "it cannot be kept")
    #expect(index.blocks(of: 0, endingWith: last, matching: BloomQuery()) == nil)
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
        let addresses = (0..<random.below(3)).map { _ in random.pick(logs).address }
        let topics = random.flip() ? [] : [random.pick(logs).topics]
        let query = BloomQuery(addresses: addresses, topics: topics)
        let head = model.head.number
        let first = random.flip() ? 0 : UInt64(random.below(Int(head)))
        let range = first...(random.flip() ? head : head + UInt64(random.below(9000)))
        var found: [UInt64] = []
        var rest: ClosedRange<UInt64>? = range
        while let part = rest {
          var patience = random.below(40)
          let (numbers, next) = try store.blocks(at: part, matching: query) {
            patience -= 1
            return patience < 0
          }
          found += numbers
          rest = next.map { $0...range.upperBound }
        }
        let expected = model.blocks.filter {
          range.contains($0.header.number) && query.mayMatch($0.header.logsBloom)
        }.map(\.header.number)
        #expect(found == expected)
        for block in model.blocks where range.contains(block.header.number) {
          let logs = block.receipts.flatMap(\.logs)
          let isWanted = logs.contains { log in
            (addresses.isEmpty || addresses.contains(log.address))
              && topics.allSatisfy { $0.isEmpty || !Set($0).isDisjoint(with: log.topics) }
          }
          if isWanted { #expect(found.contains(block.header.number)) }
        }
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
    _ = try store.blocks(at: end - 1000...end + 50, matching: BloomQuery())
    #expect(try !isKept(), "too little of it was asked for")
    _ = try store.blocks(at: 1...end + 50, matching: BloomQuery()) { true }
    #expect(try !isKept())
    _ = try store.blocks(at: end - 1030...end + 50, matching: BloomQuery())
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
