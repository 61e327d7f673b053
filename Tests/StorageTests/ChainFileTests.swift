// What a store says of its chain's rules.

import Samples
import Testing

@testable import Storage

@Suite struct ChainFileTests {
  @Test func itIsGivenBackAsItWas() throws {
    var random = SeededGenerator(seed: 1)
    let model = ChainModel(&random)
    for file in [nil, [], Array("{}\n".utf8), random.bytes(100_000)] as [[UInt8]?] {
      let folder = TemporaryFolder()
      #expect(try Store.chainFile(at: folder.path) == nil)
      try Store.create(
        at: folder.path, genesis: model.genesis, allocations: model.allocations, chainFile: file,
        options: StoreTests.options
      ).close()
      #expect(try Store.chainFile(at: folder.path) == file)
      #expect(try Store.chainFile(at: folder.path + "/") == file)
      try Store.open(at: folder.path, options: StoreTests.options).close()
    }
  }

  @Test func aStoreThatWasNotFinishedIsMadeAnew() throws {
    var random = SeededGenerator(seed: 1)
    let model = ChainModel(&random)
    let folder = TemporaryFolder()
    // As a crash leaves it, with the file there and the rest not.
    try Folder.make(folder.path)
    try Store.writeChainFile([1, 2, 3], in: folder.path)
    #expect(throws: StoreError.self) {
      _ = try Store.create(
        at: folder.path, genesis: model.genesis, allocations: model.allocations,
        options: StoreTests.options)
    }
    try File(folder.path + "/FORMAT.new", .create).sync()
    try Store.create(
      at: folder.path, genesis: model.genesis, allocations: model.allocations, chainFile: [4],
      options: StoreTests.options
    ).close()
    #expect(try Store.chainFile(at: folder.path) == [4])
  }
}
