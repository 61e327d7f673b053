// Why an input of the KZG functions is no encoding of anything.

/// Why an input of the KZG functions is malformed, which is not the same as a false proof.
public enum KZGError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A part of the input.
  public enum Part: String, Sendable {
    case blob, commitment, proof, cell, z, y
  }

  /// A part has `found` bytes and should have as many as the number beside it.
  case length(Part, Int, found: Int)
  /// A part does not encode a point of G1.
  case notAPoint(Part)
  /// A part holds an integer that is not below the order of the group.
  case notAnElement(Part)
  /// There is no cell of this number.
  case cellIndex(UInt64)
  /// Lists that belong together differ in length.
  case unequalCounts

  /// One line.
  public var description: String {
    switch self {
    case .length(let part, let expected, let found):
      "the \(part) has \(found) bytes instead of \(expected)"
    case .notAPoint(let part): "the \(part) encodes no point of G1"
    case .notAnElement(let part): "the \(part) holds an integer that is not below the group's order"
    case .cellIndex(let index): "there is no cell \(index)"
    case .unequalCounts: "lists that belong together differ in length"
    }
  }
}
