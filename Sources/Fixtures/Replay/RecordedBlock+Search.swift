// The one recorded block under a path.

extension RecordedBlock {
  /// Reads the block under `path`: its folder, its `block.json`, or a folder or an archive that holds
  /// no other.
  public init(under path: String) throws(FixtureError) {
    var folders: [String] = []
    var pairs: [RecordedBlockHalves.Pair] = []
    do throws(ArchiveError) {
      for item in try FileWalk.items(under: path) {
        switch item {
        case .file(let file):
          if RecordedBlockHalves.isBlock(file) {
            folders.append(RecordedBlockHalves.folder(of: file))
          }
        case .archive(let archive): pairs += try Self.firstPairs(in: archive)
        case .unreadable(let error): throw error
        }
        if folders.count + pairs.count > 1 { break }
      }
    } catch {
      throw .archive(error)
    }
    guard folders.count + pairs.count < 2 else {
      throw .incomplete(
        "\(path): holds more than one recorded block; name the folder or the block.json of one")
    }
    if let folder = folders.first {
      try self.init(folder: folder)
    } else if let pair = pairs.first {
      try self.init(folder: pair.folder, block: pair.block, preState: pair.preState)
    } else {
      throw .incomplete(
        "\(path): no recorded block in there; it is a block.json with a pre_state.json beside it, in "
          + "a folder or an archive")
    }
  }

  /// The blocks of an archive, no more than tell whether there are several.
  private static func firstPairs(
    in path: String
  ) throws(ArchiveError) -> [RecordedBlockHalves.Pair] {
    var halves = RecordedBlockHalves()
    var pairs: [RecordedBlockHalves.Pair] = []
    let wants = { RecordedBlockHalves.isBlock($0) || RecordedBlockHalves.isState($0) }
    try ArchiveReader(path: path).forEachFile(where: wants) { file in
      if let pair = halves.take(file) { pairs.append(pair) }
      return pairs.count < 2 && !halves.isOverfull
    }
    return pairs
  }
}
