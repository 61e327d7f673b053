// Names from files, made fit for a terminal.

extension String {
  /// The most characters that are shown of a line.
  private static let shownCharacters = 400

  /// The text on one line, control characters escaped and a very long rest left out: what a file
  /// says must not move the cursor.
  var printable: String {
    var text = ""
    for (count, scalar) in unicodeScalars.enumerated() {
      if count == Self.shownCharacters { return text + "…" }
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
