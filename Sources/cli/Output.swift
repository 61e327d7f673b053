// Files and numbers for people.

internal import Foundation

/// Writes `text` to the file at `path`; `-` is standard output.
func write(_ text: String, to path: String) throws(UsageError) {
  if path == "-" {
    print(text, terminator: "")
    return
  }
  do {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  } catch {
    throw UsageError(message: "cannot write \(path): \(error.localizedDescription)")
  }
}

/// Writes a line to standard error.
func complain(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// A number with thousands set apart.
func grouped(_ number: Int) -> String {
  var digits = String(number.magnitude)
  var groups: [String] = []
  while digits.count > 3 {
    groups.insert(String(digits.suffix(3)), at: 0)
    digits.removeLast(3)
  }
  return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
}

/// Prints a line.
@Sendable func printLine(_ line: String) { print(line) }
