// What the consensus layer is told about a block.

internal import JSON
internal import Primitives

/// What became of a payload, in the words of the Engine API.
struct PayloadStatus: Sendable, Equatable {
  /// The words.
  enum Word: String, Sendable {
    case valid = "VALID"
    case invalid = "INVALID"
    case syncing = "SYNCING"
    case accepted = "ACCEPTED"
  }

  var word: Word
  /// The last block of its branch that is known to hold.
  var latestValidHash: Hash256?
  /// What is wrong, for people.
  var problem: String?

  /// A block that cannot be told anything about, because an ancestor is not there.
  static let syncing = PayloadStatus(word: .syncing)

  /// A block that holds.
  static func valid(_ hash: Hash256) -> PayloadStatus {
    PayloadStatus(word: .valid, latestValidHash: hash)
  }

  /// A block that does not hold.
  static func invalid(_ reason: InvalidBranch) -> PayloadStatus {
    PayloadStatus(
      word: .invalid, latestValidHash: reason.latestValid, problem: reason.problem)
  }

  func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("status", word.rawValue)
      object.key("latestValidHash")
      if let latestValidHash { object.value(latestValidHash) } else { object.null() }
      object.key("validationError")
      if let problem { object.value(problem) } else { object.null() }
    }
  }
}
