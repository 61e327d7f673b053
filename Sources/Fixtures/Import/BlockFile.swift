// Files of blocks, one encoding after another.

/// A file of blocks that cannot be read to its end.
public struct BlockFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// The system does not give the bytes.
    case unreadable(ArchiveError)
    /// The item is a byte string, which no block is.
    case notAList
    /// The item's length is written longer than needed.
    case nonCanonical
    /// The item has more bytes than a block may.
    case tooLarge(limit: Int)
    /// The file ends within the item.
    case truncated
  }

  /// The file.
  public let path: String
  /// Which item of the file it is, the first being 1.
  public let position: Int
  /// Where the item begins.
  public let offset: Int
  /// What is wrong.
  public let problem: Problem

  /// One line: file, place, and what is wrong.
  public var description: String {
    let place = "\(path): item \(position), at byte \(offset)"
    return switch problem {
    case .unreadable(let error): error.description
    case .notAList: "\(place): not the encoding of a block"
    case .nonCanonical: "\(place): a length that is written longer than needed"
    case .tooLarge(let limit): "\(place): a block of more than the allowed \(limit) bytes"
    case .truncated: "\(place): the file ends within a block"
    }
  }
}

/// Reads a file of RLP lists, one after another, without ever holding more than one of them and a
/// piece of the file.
struct BlockFile: ~Copyable {
  /// The most bytes of a block. No chain comes near it; Osaka allows 8 MiB (EIP-7934).
  static let blockLimit = 64 << 20

  /// How many bytes the file had when it was opened.
  var size: Int { file.size }
  /// Where the next block begins.
  private(set) var offset = 0
  /// How many blocks were given.
  private(set) var count = 0

  private let file: RegularFile
  private let limit: Int
  /// What was read; from `start` on it belongs to the next block and those after it.
  private var buffer: [UInt8] = []
  private var start = 0

  /// Opens the file at `path`.
  init(_ path: String, limit: Int = Self.blockLimit) throws(BlockFileError) {
    do throws(ArchiveError) {
      file = try RegularFile(path)
    } catch {
      throw BlockFileError(path: path, position: 1, offset: 0, problem: .unreadable(error))
    }
    self.limit = limit
  }

  /// The encoding of the next block, or nil at the end.
  mutating func next() throws(BlockFileError) -> [UInt8]? {
    guard try has(1) else { return nil }
    let length = try itemLength()
    guard try has(length) else { throw failure(.truncated) }
    defer {
      start += length
      offset += length
      count += 1
    }
    return Array(buffer[start..<start + length])
  }

  /// The length of the next item with its header.
  private mutating func itemLength() throws(BlockFileError) -> Int {
    let first = buffer[start]
    guard first >= 0xc0 else { throw failure(.notAList) }
    guard first > 0xf7 else { return 1 + Int(first - 0xc0) }
    let width = Int(first - 0xf7)
    guard try has(1 + width) else { throw failure(.truncated) }
    let digits = buffer[start + 1..<start + 1 + width]
    let length = digits.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard digits.first != 0, length > 55 else { throw failure(.nonCanonical) }
    guard length <= UInt64(limit) else { throw failure(.tooLarge(limit: limit)) }
    return 1 + width + Int(length)
  }

  /// Reads on until `count` bytes of the next item are there; false when the file ends before.
  private mutating func has(_ count: Int) throws(BlockFileError) -> Bool {
    while buffer.count - start < count {
      buffer.removeFirst(start)
      start = 0
      let piece: [UInt8]
      do throws(ArchiveError) {
        piece = try file.read(upTo: 1 << 20)
      } catch {
        throw failure(.unreadable(error))
      }
      if piece.isEmpty { return false }
      buffer += piece
    }
    return true
  }

  private func failure(_ problem: BlockFileError.Problem) -> BlockFileError {
    BlockFileError(path: file.path, position: count + 1, offset: offset, problem: problem)
  }
}
