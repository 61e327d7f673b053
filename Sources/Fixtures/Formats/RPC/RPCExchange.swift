// Recorded exchanges of JSON-RPC.

/// Requests and the answers they got, in order, as `execution-apis` records them.
struct RPCExchange {
  /// A request and its answer.
  struct Round {
    let request: [UInt8]
    var answer: [UInt8]?
  }

  /// What was asked and answered.
  private(set) var rounds: [Round] = []
  /// Whether answers are only checked for their shape, because clients may differ.
  private(set) var isShapeOnly = false

  /// Reads a file: lines with `//` are comments, `>>` stands before a request, `<<` before an answer. Nil
  /// where it has another form.
  init?(_ bytes: [UInt8]) {
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("//") {
        isShapeOnly = isShapeOnly || line.contains("speconly:")
      } else if line.hasPrefix(">> ") {
        rounds.append(Round(request: Array(line.dropFirst(3).utf8)))
      } else if line.hasPrefix("<< "), !rounds.isEmpty, rounds[rounds.count - 1].answer == nil {
        rounds[rounds.count - 1].answer = Array(line.dropFirst(3).utf8)
      } else if line.contains(where: { !$0.isWhitespace }) {
        return nil
      }
    }
    if rounds.isEmpty { return nil }
  }
}
