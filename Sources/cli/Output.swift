// Files and numbers for people.

internal import Foundation

/// Writes `text` to the file at `path`; `-` is standard output.
func write(_ text: String, to path: String) throws(UsageError) {
  if path == "-" {
    StandardOutput.write(text)
    return
  }
  guard let file = fopen(path, "w") else { throw cannotWrite(path, errno) }
  var text = text
  let written = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
  let number = errno
  guard fclose(file) == 0 else { throw cannotWrite(path, errno) }
  if !written { throw cannotWrite(path, number) }
}

/// Writes figures: as `json` to the file at `path`, where there is one, and for people to standard
/// output, unless the JSON went there. What could not be used goes to standard error in any case.
func writeFigures(
  _ text: String, complaints: String = "", json: @autoclosure () -> String, to path: String?
) throws(UsageError) {
  writeToStandardError(complaints)
  // First what cannot fail, so that no measurement is lost to a path that cannot be written.
  if path != "-" { StandardOutput.write(text) }
  if let path { try write(json(), to: path) }
}

private func cannotWrite(_ path: String, _ number: Int32) -> UsageError {
  UsageError(message: "cannot write \(path): \(String(cString: strerror(number)))")
}

extension Arguments {
  /// Where `--json` wants its figures; refused when that is one of the `inputs`, or in one that is a
  /// folder.
  func jsonPath(inputs: [String]) throws(UsageError) -> String? {
    try outputPath("--json", inputs: inputs)
  }

  /// Where an option wants what is written; refused when that is one of the `inputs`, or in one that
  /// is a folder.
  func outputPath(_ name: String, inputs: [String]) throws(UsageError) -> String? {
    guard let path = string(name), path != "-" else { return string(name) }
    if name != "--json", let json = string("--json"),
      URL(fileURLWithPath: json).standardized == URL(fileURLWithPath: path).standardized
    {
      throw UsageError(message: "\(name) and --json name the same file; give each its own")
    }
    guard let target = resolved(path) else { return path }
    for input in inputs.compactMap(resolved) where target == input || target.hasPrefix(input + "/")
    {
      throw UsageError(message: "\(name) \(path) would overwrite what is read; name another file")
    }
    return path
  }

  /// The path without links and dots, or nil where there is nothing.
  private func resolved(_ path: String) -> String? {
    guard let name = realpath(path, nil) else { return nil }
    defer { free(name) }
    return String(cString: name)
  }

  /// Refuses a trace and JSON on the same stream.
  func refuseTraceIntoJSON() throws(UsageError) {
    if has("--trace"), string("--json") == "-" {
      throw UsageError(message: "--trace writes to standard output; give --json a file")
    }
  }
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

/// A number of bytes in GiB.
func gibibytes(_ count: Int) -> String { String(format: "%.1f GiB", Double(count) / 0x1p30) }

/// Prints a line.
@Sendable func printLine(_ line: String) { StandardOutput.write(line + "\n") }
