// Files of blocks, whole and hostile.

import Primitives
import Testing

@testable import Fixtures

@Suite struct BlockFileTests {
  /// What the file with these bytes gives, and what it ends with.
  private func read(
    _ bytes: [UInt8], limit: Int = BlockFile.blockLimit
  ) throws -> (items: [[UInt8]], problem: BlockFileError.Problem?, offset: Int) {
    let folder = try TemporaryFolder()
    let path = try folder.write("chain.rlp", bytes)
    var items: [[UInt8]] = []
    do throws(BlockFileError) {
      var file = try BlockFile(path, limit: limit)
      while let item = try file.next() { items.append(item) }
      return (items, nil, file.offset)
    } catch {
      #expect(error.path == path)
      return (items, error.problem, error.offset)
    }
  }

  @Test func itemsOfAnyLengthComeOneByOne() throws {
    let lengths = [0, 1, 55, 56, 255, 256, 70_000, 1_048_570, 1_048_576, 3_000_000, 2]
    let items = lengths.map { length in
      RLPItem.list([.bytes([UInt8](repeating: 0x11, count: length))]).encoded
    }
    let result = try read(Array(items.joined()))
    #expect(result.items == items)
    #expect(result.problem == nil)
    #expect(result.offset == items.reduce(0) { $0 + $1.count })
    #expect(try read([]).items.isEmpty)
  }

  @Test(
    arguments: [
      ([0xc0, 0x80], .notAList, 1), ([0x00], .notAList, 0), ([0xc2, 0x01], .truncated, 0),
      ([0xf8], .truncated, 0), ([0xf8, 0x37], .nonCanonical, 0),
      ([0xc0, 0xf9, 0x00, 0xff], .nonCanonical, 1),
      ([0xfb, 0x00, 0xff, 0xff, 0xff], .nonCanonical, 0),
      ([0xfb, 0xff, 0xff, 0xff, 0xff], .tooLarge(limit: 1_000), 0),
      ([0xff] + [UInt8](repeating: 0xff, count: 8), .tooLarge(limit: 1_000), 0),
      ([0xf9, 0x03, 0xe9], .tooLarge(limit: 1_000), 0), ([0xf9, 0x03, 0xe8], .truncated, 0),
    ] as [([UInt8], BlockFileError.Problem, Int)])
  func whatIsNoBlockIsNamedWithItsPlace(
    bytes: [UInt8], problem: BlockFileError.Problem, offset: Int
  ) throws {
    let result = try read(bytes, limit: 1_000)
    let expected: BlockFileError.Problem? = problem
    #expect(result.problem == expected)
    #expect(result.offset == offset)
  }

  @Test func missingFilesAndFoldersAreNamed() {
    for path in ["/nowhere/chain.rlp", "/tmp"] {
      let error = #expect(throws: BlockFileError.self) { _ = try BlockFile(path).size }
      guard case .unreadable = error?.problem else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }
}
