// Words of others, made fit for a terminal.

extension String {
  /// The text on one line of at most 400 characters, as `printable(upTo:)` makes it.
  public var printable: String { printable(upTo: 400) }

  /// The text on one line, control characters escaped and what comes after `limit` characters left
  /// out: what a file or a server says must not move the cursor.
  public func printable(upTo limit: Int) -> String {
    var text = ""
    for (count, scalar) in unicodeScalars.enumerated() {
      if count == limit { return text + "…" }
      let category = scalar.properties.generalCategory
      if category == .control || category == .format || category == .lineSeparator
        || category == .paragraphSeparator
      {
        text += scalar.escaped(asASCII: true)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
