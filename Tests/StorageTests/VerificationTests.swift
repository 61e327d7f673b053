// What verifying and exporting must find in stores that were changed with right checksums.

import Foundation
import Ledger
import Primitives
import Samples
import State
import Testing

@testable import Storage

@Suite struct VerificationTests {
  /// A closed store of 24 blocks, and the model of it.
  private func makeStore(seed: UInt64) throws -> (TemporaryFolder, ChainModel) {
    var random = SeededGenerator(seed: seed)
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    var model = ChainModel(&random)
    let store = try Store.create(
      at: folder.path + "/store", genesis: model.genesis, allocations: model.allocations,
      options: StoreTests.options)
    for _ in 0..<24 { try store.add(model.extend(&random)) }
    try store.close()
    return (folder, model)
  }

  /// Changes a byte of a section, counted from its end, and makes the checksums right again.
  private func forge(
    _ section: RecordSection, byteFromEnd: Int = 1, of number: UInt64, in store: String
  ) throws {
    let (place, header) = try {
      let store = try Store.open(at: store, options: StoreTests.options)
      let record = try #require(try store.recordPlace(number))
      return (record.place, try store.folder.header(of: record))
    }()
    let path = SegmentFolder(StoreFormat.segments(store)).filePath(place.segment)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var forged = header
    let start = Int(place.offset + header.offset(of: section))
    let end = start + Int(header.sections[section.rawValue].length)
    bytes[end - byteFromEnd] ^= 1
    forged.sections[section.rawValue].checksum = bytes[start..<end].withUnsafeBytes {
      Checksum.of($0)
    }
    var buffer = ByteBuffer()
    let first = Int(place.offset)..<Int(place.offset) + RecordHeader.size
    buffer.append(Array(bytes[first]))
    forged.write(to: &buffer)
    bytes.replaceSubrange(first, with: buffer.array)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// The damage that `body` finds, which must be in block `number`.
  private func expectDamage(
    in number: UInt64, _ word: String, _ body: () throws(StoreError) -> Void
  ) {
    do throws(StoreError) {
      try body()
      Issue.record("block \(number): the damage was not found")
    } catch {
      guard case .corrupted(_, _, number, let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains(word), "\(error)")
    }
  }

  @Test(arguments: [
    RecordSection.transactions, .ommers, .withdrawals, .receipts,
  ])
  func aPartThatTheHeaderDoesNotCommitToIsFound(section: RecordSection) throws {
    let (folder, model) = try makeStore(seed: 31)
    let block = try #require(
      model.blocks.first { block in
        switch section {
        case .transactions: !block.transactions.isEmpty
        case .ommers: !block.ommers.isEmpty
        case .withdrawals: block.withdrawals?.isEmpty == false
        default: block.receipts.last?.logs.last?.data.isEmpty == false
        }
      })
    let number = block.header.number
    let path = folder.path + "/store"
    try forge(section, of: number, in: path)
    let store = try Store.open(at: path, options: StoreTests.options)
    // The part is in its form, and nothing but the header tells that it is another.
    #expect(try store.body(number) != nil && store.receipts(number) != nil)
    expectDamage(in: number, "its \(section) have the") { () throws(StoreError) in
      _ = try store.verify()
    }
    expectDamage(in: number, "its \(section) have the") { () throws(StoreError) in
      _ = try store.exportState(to: folder.path + "/state")
    }
    if section != .receipts {
      expectDamage(in: number, "its \(section) have the") { () throws(StoreError) in
        _ = try store.exportBlocks(file: folder.path + "/chain.rlp")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["store"])
  }

  @Test func aHeaderOfAnotherBlockIsNotExported() throws {
    let (folder, _) = try makeStore(seed: 32)
    let path = folder.path + "/store"
    try forge(.header, of: 7, in: path)
    let store = try Store.open(at: path, options: StoreTests.options)
    expectDamage(in: 7, "hash") { () throws(StoreError) in _ = try store.verify() }
    expectDamage(in: 7, "hash") { () throws(StoreError) in
      _ = try store.exportBlocks(file: folder.path + "/chain.rlp")
    }
  }

  @Test func aSumOfDifficultiesThatDoesNotFollowIsFound() throws {
    let (folder, model) = try makeStore(seed: 33)
    let path = folder.path + "/store"
    let header = model.blocks[6].header
    try forge(.header, byteFromEnd: header.encoded.count + 1, of: 7, in: path)
    let store = try Store.open(at: path, options: StoreTests.options)
    #expect(try store.header(7) == header)
    #expect(throws: StoreError.self) { try store.verify() }
  }

  @Test func gasAndBloomAreThoseOfTheReceipts() throws {
    var random = SeededGenerator(seed: 34)
    var model = ChainModel(&random)
    var block = model.extend(&random)
    while block.receipts.allSatisfy(\.logs.isEmpty) { block = model.extend(&random) }
    var header = block.header
    #expect(header.contradiction(in: block.receipts) == nil)
    header.gasUsed += 1
    #expect(header.contradiction(in: block.receipts)?.contains("gas") == true)
    header = block.header
    header.logsBloom = Bloom()
    #expect(header.contradiction(in: block.receipts)?.contains("bloom") == true)
  }

  /// Filters too, which RocksDB does without where they are damaged.
  @Test func aChangedByteAnywhereInASortedFileIsFound() throws {
    let (folder, _) = try makeStore(seed: 35)
    let path = StoreFormat.database(folder.path + "/store")
    var database: Database? = try Database(path, cacheSize: 1 << 20)
    try database?.verifyFiles { _ in }
    // So that opening it again gives RocksDB nothing to compact, which would replace the files.
    try database?.compact()
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    for name in names where name.hasSuffix(".sst") {
      let file = URL(fileURLWithPath: path + "/" + name)
      let whole = try Data(contentsOf: file)
      // The last bytes are a table of fixed length, of which not all are used.
      for position in stride(from: 0, to: whole.count - 53, by: 97) {
        var bytes = whole
        bytes[position] ^= 0x40
        try bytes.write(to: file)
        do throws(StoreError) {
          try database?.verifyFiles { _ in }
          // One number in a file stands outside of its checksums; opening compares it.
          database = nil
          database = try Database(path, cacheSize: 1 << 20)
          Issue.record("\(name), byte \(position) of \(whole.count)")
        } catch {
          guard case .corrupted(let place, _, _, _) = error, place.hasPrefix(path) else {
            Issue.record("\(error)")
            return
          }
        }
        try whole.write(to: file)
        if database == nil { database = try Database(path, cacheSize: 1 << 20) }
      }
    }
  }
}
