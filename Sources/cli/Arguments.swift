// The command line's arguments: options with values, operands, and clear words for what is wrong.

/// Something wrong with the arguments.
struct UsageError: Error, Equatable {
  /// What, and what to do.
  let message: String
}

/// An option that a command knows.
struct Option: Equatable {
  /// Its name, with dashes.
  let name: String
  /// What its value stands for, such as `FILE`; nil for a flag.
  let value: String?
  /// One line of help.
  let help: String
  /// Whether it may be given more than once.
  var isRepeatable = false
  /// What it stands under in the help.
  var title = "options"

  /// The name with what its value stands for.
  var usage: String { name + (value.map { " \($0)" } ?? "") }

  /// A flag.
  static func flag(_ name: String, _ help: String) -> Option {
    Option(name: name, value: nil, help: help)
  }

  /// An option with a value.
  static func value(_ name: String, _ value: String, _ help: String) -> Option {
    Option(name: name, value: value, help: help)
  }

  /// An option with a value that may be given more than once.
  static func repeated(_ name: String, _ value: String, _ help: String) -> Option {
    Option(name: name, value: value, help: help, isRepeatable: true)
  }
}

extension [Option] {
  /// The options under a title of their own in the help.
  func titled(_ title: String) -> [Option] {
    map { option in
      var titled = option
      titled.title = title
      return titled
    }
  }
}

/// Parsed arguments of one command.
struct Arguments: Equatable {
  /// What is no option, in order.
  private(set) var operands: [String] = []
  private var values: [String: [String]] = [:]

  /// Parses `words` by the options of `command`. `--name value` and `--name=value` mean the same,
  /// and after `--` everything is an operand.
  init(_ words: [String], options: [Option], command: String) throws(UsageError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        return
      }
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard let option = options.first(where: { $0.name == name }) else {
        throw Self.unknown(
          "option \(name)", name, among: options.map(\.name) + ["--help"], of: command)
      }
      guard option.isRepeatable || values[name] == nil else {
        throw UsageError(message: "\(name) is given twice")
      }
      let value = try Self.value(
        of: option, inline: parts.count == 2 ? String(parts[1]) : nil, rest: &rest)
      values[name, default: []].append(value)
    }
  }

  private static func value(
    of option: Option, inline: String?, rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    guard let placeholder = option.value else {
      guard inline == nil else { throw UsageError(message: "\(option.name) takes no value") }
      return ""
    }
    if inline == nil, let next = rest.first, next.hasPrefix("--") {
      throw UsageError(
        message: "\(option.name) needs a value before \(next): \(option.name) \(placeholder); "
          + "\(option.name)=\(next) gives it that one")
    }
    guard let value = inline ?? rest.popFirst(), !value.isEmpty else {
      throw UsageError(message: "\(option.name) needs a value: \(option.name) \(placeholder)")
    }
    return value
  }

  /// Takes over the options of `others` that were not given here.
  mutating func fill(from others: Arguments) { values.merge(others.values) { mine, _ in mine } }

  /// Whether the flag or option was given.
  func has(_ name: String) -> Bool { values[name] != nil }

  /// The value of an option.
  func string(_ name: String) -> String? { values[name]?.last }

  /// The values of an option that may be repeated, in order.
  func strings(_ name: String) -> [String] { values[name] ?? [] }

  /// The value of an option as a whole number, decimal or `0x` and hex digits, within `range`.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = string(name) else { return nil }
    guard let number = Self.ungrouped(text).flatMap(Self.wholeNumber), range.contains(number) else {
      let bounds = "from \(range.lowerBound) to \(range.upperBound)"
      throw UsageError(
        message: "\(name) needs a whole number \(bounds), not \"\(text.prefix(80))\"")
    }
    return number
  }

  /// The digits without what stands between thousands; nil where it stands elsewhere, as in a list.
  private static func ungrouped(_ text: String) -> String? {
    for separator in [",", "_"] as [Character] where text.contains(separator) {
      let groups = text.split(separator: separator, omittingEmptySubsequences: false)
      guard (1...3).contains(groups[0].count), groups.dropFirst().allSatisfy({ $0.count == 3 }),
        groups.allSatisfy({ $0.allSatisfy(\.isNumber) })
      else { return nil }
      return groups.joined()
    }
    return text
  }

  private static func wholeNumber(_ text: String) -> Int? {
    guard text.hasPrefix("0x") || text.hasPrefix("0X") else { return Int(text) }
    let digits = text.dropFirst(2)
    // `Int(_:radix:)` would take a sign.
    return digits.first?.isHexDigit == true ? Int(digits, radix: 16) : nil
  }

  /// The error that `what` is not known, with the nearest known name as a suggestion.
  static func unknown(
    _ what: String, _ word: String, among known: [String], of command: String
  ) -> UsageError {
    let hint = suggestion(for: word, among: known) ?? "see \(command) --help"
    return UsageError(message: "unknown \(what); \(hint)")
  }

  /// The question whether the nearest known name is meant; nil where none is near. Names of two words
  /// are found by the second, too.
  static func suggestion(for word: String, among known: [String]) -> String? {
    func distance(_ name: String) -> Int {
      let last = name.split(separator: " ").last.map(String.init) ?? name
      return min(editDistance(word, name), editDistance(word, last))
    }
    let nearest = known.map { (name: $0, distance: distance($0)) }
      .min { $0.distance < $1.distance }
    // Of a short word so many letters would leave nothing.
    guard let nearest, nearest.distance <= max(1, word.count / 3) else { return nil }
    return "did you mean \(nearest.name)?"
  }
}

/// How many characters must be inserted, deleted or replaced to make `b` of `a` (Levenshtein).
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.prefix(64)), Array(b.prefix(64)))
  var previous = Array(0...b.count)
  for (row, left) in a.enumerated() {
    var current = [row + 1]
    for (column, right) in b.enumerated() {
      current.append(
        min(
          current[column] + 1, previous[column + 1] + 1, previous[column] + (left == right ? 0 : 1))
      )
    }
    previous = current
  }
  return previous[b.count]
}
