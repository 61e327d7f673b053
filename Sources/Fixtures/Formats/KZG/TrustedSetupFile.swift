// The trusted setup as a text file, against the one that is part of the program.

internal import Crypto
internal import Primitives

/// `trusted_setup.txt`: the number of points in G1 and in G2, then the points in the Lagrange form, in
/// G2, and in the monomial form, compressed and in hex, one a line.
enum TrustedSetupFile {
  /// The name of the file.
  static let name = "trusted_setup.txt"

  /// Whether the file at `path` is one.
  static func isOne(_ path: String) -> Bool { path == name || path.hasSuffix("/\(name)") }

  /// A case for each kind of points.
  static func results(_ bytes: [UInt8]) -> [CaseResult] {
    let words = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    let (g1, g2) = (TrustedSetup.g1Count, TrustedSetup.g2Count)
    let counts = words.prefix(2).map { String(decoding: $0, as: UTF8.self) }
    guard counts == ["\(g1)", "\(g2)"], words.count == 2 + 2 * g1 + g2 else {
      let found = counts.joined(separator: ", ")
      return [
        CaseResult(
          name: "counts", verdict: .failed("expected \(g1) and \(g2) points, got \(found)"))
      ]
    }
    let parts = [
      ("g1_lagrange", TrustedSetup.lagrangeG1, words[2..<2 + g1]),
      ("g2_monomial", TrustedSetup.monomialG2, words[(2 + g1)..<(2 + g1 + g2)]),
      ("g1_monomial", TrustedSetup.monomialG1, words[(2 + g1 + g2)...]),
    ]
    return parts.map { name, ours, lines in
      let size = ours.count / lines.count
      let wrong = lines.enumerated().first { i, line in
        Array(line) != Hex.encode(ours[i * size..<(i + 1) * size]).utf8.dropFirst(2).map(\.self)
      }
      return CaseResult(
        name: name, verdict: wrong.map { .failed("point \($0.offset) differs") } ?? .passed)
    }
  }
}
