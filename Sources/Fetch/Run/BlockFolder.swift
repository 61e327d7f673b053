// The folder of a recorded block: written whole or not at all.

internal import Execution
internal import Fixtures
internal import Foundation
internal import JSON
internal import Ledger

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The place of a block's two files.
struct BlockFolder {
  /// The block's number, which is the folder's name.
  let number: UInt64
  /// The folder that holds it.
  let parent: String

  /// The folder.
  var path: String { "\(parent)/\(number)" }
  /// Where it is written until it is whole. Nobody looks for blocks in folders with a dot.
  private var draft: String { "\(parent)/.\(number).partial" }

  /// Whether something stands there.
  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Throws where something else than a folder stands at `path`: found out before much is asked of a
  /// node.
  static func checkParent(_ path: String) throws(FetchError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    if !isFolder.boolValue { throw .cannotWrite(path, "it is a file, not a folder") }
  }

  /// Writes both files beside the folder and then gives them its name.
  func write(_ texts: BlockTexts) throws(FetchError) {
    discardDraft()
    do throws(FetchError) {
      do {
        try FileManager.default.createDirectory(
          atPath: draft, withIntermediateDirectories: true)
      } catch {
        throw .cannotWrite(draft, Self.words(error))
      }
      try Self.write(texts.block, to: "\(draft)/block.json")
      try Self.write(texts.preState, to: "\(draft)/pre_state.json")
      guard rename(draft, path) == 0 else {
        throw .cannotWrite(path, String(cString: strerror(errno)))
      }
    } catch {
      discardDraft()
      throw error
    }
  }

  /// Replays the block that the folder holds, which must be of this chain.
  func replay(chainID: UInt64, executor: SequentialExecutor) throws(FetchError) -> BlockReplay {
    let recorded: RecordedBlock
    do throws(FixtureError) {
      recorded = try RecordedBlock(folder: path)
    } catch {
      throw .recorded(error)
    }
    guard recorded.rules.chainID == chainID else {
      throw .folder(
        path,
        "holds a block of chain \(recorded.rules.chainID), but the node is on chain "
          + "\(chainID); name another folder")
    }
    guard recorded.header.number == number else {
      throw .folder(path, "holds block \(recorded.header.number)")
    }
    let replay = BlockReplay(recorded, executor: executor)
    guard !replay.hitMemoryLimit else { throw .block(number, .memoryLimit) }
    return replay
  }

  private func discardDraft() { try? FileManager.default.removeItem(atPath: draft) }

  /// Writes a file and waits until it is on disk.
  private static func write(_ text: String, to path: String) throws(FetchError) {
    guard let file = fopen(path, "w") else { throw failure(path) }
    var text = text
    let isWritten = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
    let isSynced = isWritten && fflush(file) == 0 && fsync(fileno(file)) == 0
    let error = failure(path)
    guard fclose(file) == 0 else { throw failure(path) }
    if !isSynced { throw error }
  }

  private static func failure(_ path: String) -> FetchError {
    .cannotWrite(path, String(cString: strerror(errno)))
  }

  private static func words(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    return (underlying ?? error as NSError).localizedDescription
  }
}
