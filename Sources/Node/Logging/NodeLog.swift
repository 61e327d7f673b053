// What a node tells about itself, a line at a time.

internal import JSON

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Lines about what happens, in words for people or as JSON for programs, with fields that both can read.
public struct NodeLog: Sendable {
  /// How much a line matters.
  public enum Level: Int, Sendable, CaseIterable {
    /// Something does not work.
    case error
    /// Something may not be as it was meant.
    case warn
    /// Something that one wants to know.
    case info
    /// Something for those who look for a fault.
    case debug

    /// The level of this name.
    public init?(_ name: String) {
      guard let level = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
      self = level
    }
  }

  /// How lines look.
  public enum Format: String, Sendable, CaseIterable {
    /// As geth's: level, time, words, and fields behind them.
    case text
    /// An object a line, with geth's names.
    case json
  }

  /// What a field says.
  public enum Field: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral
  {
    /// Words.
    case text(String)
    /// A whole number.
    case number(Int64)
    /// A fraction.
    case fraction(Double)

    /// Words.
    public init(stringLiteral text: String) { self = .text(text) }
    /// A whole number.
    public init(integerLiteral number: Int64) { self = .number(number) }
    /// A fraction.
    public init(floatLiteral number: Double) { self = .fraction(number) }
    /// Anything as its words.
    public init(_ value: some CustomStringConvertible) { self = .text(value.description) }
    /// A whole number.
    public init(_ number: some BinaryInteger) { self = .number(Int64(clamping: number)) }
  }

  /// The least that a line must matter to be written.
  public let level: Level
  /// How lines look.
  public let format: Format
  private let write: @Sendable (String) -> Void

  /// Lines that matter at least as much as `level`, each given whole, with its line break, to `write`.
  public init(
    level: Level = .info, format: Format = .text, write: @escaping @Sendable (String) -> Void
  ) {
    self.level = level
    self.format = format
    self.write = write
  }

  /// Something does not work.
  public func error(
    _ message: @autoclosure () -> String,
    _ fields: @autoclosure () -> KeyValuePairs<String, Field> = [:]
  ) { log(.error, message, fields) }

  /// Something may not be as it was meant.
  public func warn(
    _ message: @autoclosure () -> String,
    _ fields: @autoclosure () -> KeyValuePairs<String, Field> = [:]
  ) { log(.warn, message, fields) }

  /// Something that one wants to know.
  public func info(
    _ message: @autoclosure () -> String,
    _ fields: @autoclosure () -> KeyValuePairs<String, Field> = [:]
  ) { log(.info, message, fields) }

  /// Something for those who look for a fault.
  public func debug(
    _ message: @autoclosure () -> String,
    _ fields: @autoclosure () -> KeyValuePairs<String, Field> = [:]
  ) { log(.debug, message, fields) }

  // What is not written is not even put together.
  private func log(
    _ level: Level, _ message: () -> String, _ fields: () -> KeyValuePairs<String, Field>
  ) {
    if level.rawValue > self.level.rawValue { return }
    write(Self.line(format, level, message(), fields()))
  }

  /// A line with its line break.
  static func line(
    _ format: Format, _ level: Level, _ message: String, _ fields: KeyValuePairs<String, Field>
  ) -> String {
    switch format {
    case .text: text(level, message, fields)
    case .json: json(level, message, fields)
    }
  }

  private static func text(
    _ level: Level, _ message: String, _ fields: KeyValuePairs<String, Field>
  ) -> String {
    let name = "\(level)".uppercased()
    let time = LogTime.now
    var line = name + String(repeating: " ", count: 5 - name.count)
    line += " [\(time.day.dropFirst(5))|\(time.clock)] \(printable(message))"
    for (key, field) in fields {
      line += " \(key)="
      switch field {
      case .text(let text): line += word(text)
      case .number(let number): line += "\(number)"
      case .fraction(let number): line += "\(number)"
      }
    }
    return line + "\n"
  }

  private static func json(
    _ level: Level, _ message: String, _ fields: KeyValuePairs<String, Field>
  ) -> String {
    let time = LogTime.now
    var writer = JSONWriter(.compact)
    writer.object { object in
      object.member("t", "\(time.day)T\(time.clock)Z")
      object.member("lvl", "\(level)")
      object.member("msg", message)
      for (key, field) in fields {
        switch field {
        case .text(let text): object.member(key, text)
        case .number(let number): object.member(key, number)
        case .fraction(let number): object.member(key, number)
        }
      }
    }
    return escaped(writer.text) + "\n"
  }

  /// A field's words, quoted where they are not one.
  private static func word(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 < 0x7f && $0 != 0x3d }
    return isPlain ? text : quoted(text)
  }

  /// Nothing that somebody else wrote may look like a line of its own, or move what stands on the screen.
  private static func printable(_ text: String) -> String {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
      || !text.unicodeScalars.contains(where: isUnseen)
      ? text : quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    var writer = JSONWriter(.compact)
    writer.value(text)
    return escaped(writer.text)
  }

  /// JSON with escapes for what JSON lets stand and terminals obey.
  private static func escaped(_ json: String) -> String {
    if json.utf8.allSatisfy({ $0 < 0x7f }) { return json }
    var text = ""
    for scalar in json.unicodeScalars {
      guard isUnseen(scalar) else {
        text.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return text
  }

  /// Whether a character shows nothing itself, but may change what others show.
  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

/// The time of a line.
private struct LogTime {
  let day: String
  let clock: String

  /// Now, in UTC.
  static var now: LogTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var seconds = time.tv_sec
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ number: some BinaryInteger, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return LogTime(
      day:
        "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))",
      clock: "\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))."
        + digits(time.tv_nsec / 1_000_000, 3))
  }
}
