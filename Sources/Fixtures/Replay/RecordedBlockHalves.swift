// Bringing the two files of a recorded block together.

/// Halves of recorded blocks, `block.json` and `pre_state.json`, as they come out of an archive in any
/// order. Those whose other half has not come yet wait.
struct RecordedBlockHalves {
  /// How many bytes may wait.
  static let limit = 512 << 20

  /// Both halves of a block.
  struct Pair {
    /// The folder they lie in.
    let folder: String
    let block: [UInt8]
    let preState: [UInt8]
  }

  private var halves: [String: [UInt8]] = [:]
  private var waiting = 0

  /// Whether more waits than may.
  var isOverfull: Bool { waiting > Self.limit }

  /// Takes a half; answers the block where it was the second one.
  mutating func take(_ file: FileContents) -> Pair? {
    let folder = Self.folder(of: file.path)
    let isBlock = Self.isBlock(file.path)
    let other = isBlock ? "\(folder)/pre_state.json" : "\(folder)/block.json"
    guard let half = halves.removeValue(forKey: other) else {
      halves["\(folder)/\(isBlock ? "block" : "pre_state").json"] = file.bytes
      waiting += file.bytes.count
      return nil
    }
    waiting -= half.count
    return Pair(
      folder: folder, block: isBlock ? file.bytes : half, preState: isBlock ? half : file.bytes)
  }

  /// What is wrong with those that still wait.
  var problems: [FixtureError] {
    halves.keys.sorted().map { half in
      let lacking = Self.isBlock(half) ? "pre_state.json" : "block.json"
      return .incomplete("\(half): there is no \(lacking) beside it")
    }
  }

  /// Whether a file of this name holds a block.
  static func isBlock(_ path: String) -> Bool {
    path == "block.json" || path.hasSuffix("/block.json")
  }

  /// Whether a file of this name holds the state before a block.
  static func isState(_ path: String) -> Bool {
    path == "pre_state.json" || path.hasSuffix("/pre_state.json")
  }

  /// Where a file lies.
  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}
