// A recorded block from its two files.

internal import JSON

extension RecordedBlock {
  /// Reads `block.json` and `pre_state.json` in a folder.
  public init(folder: String) throws(FixtureError) {
    try self.init(
      folder: folder, block: try Self.read("\(folder)/block.json"),
      preState: try Self.read("\(folder)/pre_state.json"))
  }

  /// Takes the bytes of both files; `folder` stands in errors.
  init(folder: String, block: [UInt8], preState: [UInt8]) throws(FixtureError) {
    do throws(JSONError) {
      try self.init(
        block: JSONDocument(parsing: block, source: "\(folder)/block.json"),
        preState: JSONDocument(parsing: preState, source: "\(folder)/pre_state.json"))
    } catch {
      throw .json(error)
    }
  }

  /// The bytes of a file.
  static func read(_ path: String) throws(FixtureError) -> [UInt8] {
    do throws(ArchiveError) {
      return try FileWalk.read(path)
    } catch {
      throw .archive(error)
    }
  }
}
