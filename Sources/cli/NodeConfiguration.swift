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
    var members: [(option: String, value: JSONValue)] = []
    do throws(JSONError) {
      let document = try JSONDocument(
        parsing: Array(data), source: path, limits: JSONDocument.Limits(bytes: 1 << 20, depth: 4))
      for member in try document.root.members() {
        members.append(("--" + member.key.string, member.value))
      }
    } catch {
      throw UsageError(message: error.description)
    }
    var words: [String] = []
    do throws(UsageError) {
      for (name, value) in members {
        guard let option = options.first(where: { $0.name == name }) else {
          throw Arguments.unknown(
            "option \(name)", name, among: options.map(\.name), of: "needletail node")
        }
        words += try self.words(for: option, value)
      }
      return try Arguments(words, options: options, command: "needletail node")
    } catch {
      throw UsageError(message: "\(path): \(error.message)")
    }
  }

  private static func words(
    for option: Option, _ value: JSONValue
  ) throws(UsageError) -> [String] {
    if option.name == "--config" {
      throw UsageError(message: "there is no configuration within a configuration")
    }
    if option.value == nil {
      guard let flag = value.boolean else {
        throw UsageError(message: "\(option.name) is true or false, not \(value.kind.rawValue)")
      }
      return flag ? [option.name] : []
    }
    if let elements = try? value.elements() {
      return try words(for: option, elements)
    }
    if let number = value.wholeNumber { return ["\(option.name)=\(number)"] }
    if let number = value.fraction { return ["\(option.name)=\(number)"] }
    guard let text = value.text else {
      throw UsageError(
        message: "\(option.name) is a string or a number, not \(value.kind.rawValue)")
    }
    return ["\(option.name)=\(text.string)"]
  }

  /// An array is the same option again and again, or the parts of a list.
  private static func words(
    for option: Option, _ elements: JSONElements
  ) throws(UsageError) -> [String] {
    guard option.isRepeatable || option.value == "LIST" else {
      throw UsageError(message: "\(option.name) is a string or a number, not an array")
    }
    var texts: [String] = []
    for element in elements {
      guard let text = element.text?.string, !text.isEmpty,
        option.isRepeatable || !text.contains(",")
      else { throw UsageError(message: "\(option.name) takes an array of strings") }
      texts.append(text)
    }
    if texts.isEmpty { return [] }
    return option.isRepeatable
      ? texts.map { "\(option.name)=\($0)" } : ["\(option.name)=\(texts.joined(separator: ","))"]
  }
}
