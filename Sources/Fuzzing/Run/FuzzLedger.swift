// What a worker is doing, where it can be read after the worker has died.

internal import Foundation

/// A file of numbers, mapped into memory: which case a worker is at, and how many it has tried. A trap
/// that ends the process leaves it as it was.
final class FuzzLedger {
  /// The file's words: target and round in hand, then two for each target.
  private let words: UnsafeMutablePointer<UInt64>
  private let byteCount: Int

  /// Opens the file at `path`, a new one where there is none, with room for `targets` targets.
  init(path: String, targets: Int) throws(FuzzError) {
    byteCount = (2 + 2 * targets) * MemoryLayout<UInt64>.stride
    let file = open(path, O_RDWR | O_CREAT, 0o644)
    guard file >= 0, ftruncate(file, off_t(byteCount)) == 0 else {
      throw FuzzError(message: "cannot write \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    let room = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    guard let room, room != MAP_FAILED else {
      throw FuzzError(message: "cannot map \(path): \(String(cString: strerror(errno)))")
    }
    words = room.bindMemory(to: UInt64.self, capacity: byteCount / MemoryLayout<UInt64>.stride)
  }

  deinit { munmap(words, byteCount) }

  /// The case in hand: the target's place in the list and the round; nil between cases.
  var current: (target: Int, round: UInt64)? {
    words[0] == 0 ? nil : (Int(words[0]) - 1, words[1])
  }

  /// How many rounds of a target were begun by this worker.
  func begun(_ target: Int) -> UInt64 { words[2 + 2 * target] }

  /// How many rounds of a target were finished by this worker.
  func finished(_ target: Int) -> UInt64 { words[3 + 2 * target] }

  /// Notes that a case begins.
  func begin(_ target: Int, round: UInt64) {
    words[2 + 2 * target] += 1
    words[1] = round
    words[0] = UInt64(target) + 1
  }

  /// Notes that the case in hand is over.
  func end(_ target: Int) {
    words[3 + 2 * target] += 1
    words[0] = 0
  }

  /// Notes that nothing is in hand: what was there has been reported.
  func clear() { words[0] = 0 }
}

/// Something in the way of fuzzing that is no finding.
public struct FuzzError: Error, Equatable, CustomStringConvertible {
  /// What, in words.
  public let message: String

  /// The message.
  public var description: String { message }
}
