// Options of a node in a file.

internal import Foundation
internal import JSON

/// A configuration: a JSON object whose members are options without their dashes.
///
///     { "port": 9000, "in-memory": true, "mnemonic": "test test …" }
enum NodeConfiguration {
  /// What the file says, as if it had been given on the command line.
  static func arguments(in path: String, of options: [Option]) throws(UsageError) -> Arguments {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UsageError(message: "--config \(path): there is no such file that can be read")
    }
    var words: [String] = []
    do throws(JSONError) {
      let document = try JSONDocument(
        parsing: Array(data), source: path, limits: JSONDocument.Limits(bytes: 1 << 20, depth: 4))
      for member in try document.root.members() {
        let name = "--" + member.key.string
        if name == "--config" { throw member.value.unexpected("no configuration within one") }
        words += try word(name, member.value, of: options)
      }
    } catch {
      throw UsageError(message: error.description)
    }
    do throws(UsageError) {
      return try Arguments(words, options: options, command: "needletail node")
    } catch {
      throw UsageError(message: "\(path): \(error.message)")
    }
  }

  private static func word(
    _ name: String, _ value: JSONValue, of options: [Option]
  ) throws(JSONError) -> [String] {
    if let flag = value.boolean {
      // Whether there is such a flag is asked where all words are.
      return flag ? [name] : []
    }
    if let number = value.wholeNumber { return ["\(name)=\(number)"] }
    guard let text = value.text else { throw value.unexpected("a string, a number or true") }
    return ["\(name)=\(text.string)"]
  }
}
