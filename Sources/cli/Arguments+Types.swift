// Option values of the types that several commands share.

internal import Fixtures
internal import Ledger
internal import Primitives
internal import Storage

extension Arguments {
  /// The value of `--jobs`: how many threads or processes share the work, all cores unless it is said.
  func jobs() throws(UsageError) -> Int {
    try integer("--jobs", in: 1...1024) ?? WorkerThreads.coreCount
  }

  /// So many threads for each core are more than work can use; each of them costs memory, and time
  /// whenever something is to be done.
  private static let threadsPerCore = 8

  /// The value of `--threads`, no more than make sense here; says so where that is fewer.
  func threads() throws(UsageError) -> Int? {
    try integer("--threads", in: 1...1024).map { Self.usefulThreads([$0])[0] }
  }

  /// The value of `--threads` as a list, each no more than make sense here; says so where one is fewer.
  func threadCounts() throws(UsageError) -> [Int]? {
    try integers("--threads", in: 1...1024).map(Self.usefulThreads)
  }

  private static func usefulThreads(_ wanted: [Int]) -> [Int] {
    let limit = threadsPerCore * WorkerThreads.coreCount
    guard let most = wanted.max(), most > limit else { return wanted }
    complain(
      "needletail: --threads \(most) is more than \(threadsPerCore) for each core of this machine; "
        + "going on with \(limit)")
    return wanted.filter { $0 < limit } + [limit]
  }

  /// What stands behind a number of bytes, and how many times it counts them.
  private static let sizeUnits = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)]

  /// The value of an option as a number of bytes within `range`, plain or in units as the help has them.
  func size(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = string(name) else { return nil }
    for (unit, shift) in Self.sizeUnits where text.lowercased().hasSuffix(unit.lowercased()) {
      let digits = text.dropLast(unit.count).prefix { $0 != " " }
      guard let number = Int(digits), number >= 0, number <= Int.max >> shift,
        range.contains(number << shift),
        text.dropLast(unit.count).dropFirst(digits.count).allSatisfy({ $0 == " " })
      else {
        throw UsageError(
          message:
            "\(name) needs a size from \(range.lowerBound) to \(range.upperBound) bytes, such as "
            + "512MiB, not \"\(text.prefix(80))\"")
      }
      return number << shift
    }
    return try integer(name, in: range)
  }

  /// The value of `--cache-size`; says so where the machine has less memory.
  func cacheSize(atLeast least: Int) throws(UsageError) -> Int? {
    guard let size = try size("--cache-size", in: least...1 << 40) else { return nil }
    let memory = SystemMemory.physicalSize
    if size > memory {
      complain(
        "needletail: --cache-size is \(gibibytes(size)), the memory of this machine "
          + "\(gibibytes(memory)): the system ends the process when the cache outgrows it")
    }
    return size
  }

  /// The value of an option as whole numbers within `range`, with commas between them.
  func integers(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> [Int]? {
    guard let text = string(name) else { return nil }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard numbers.allSatisfy(range.contains) else {
      throw UsageError(
        message: "\(name) needs whole numbers from \(range.lowerBound) to \(range.upperBound) with "
          + "commas between them, not \"\(text.prefix(80))\"")
    }
    return numbers
  }

  /// The value of an option as a number from 0 to 1.
  func fraction(_ name: String) throws(UsageError) -> Double? { try number(name, in: 0...1) }

  /// The value of an option as a number within `range`.
  func number(_ name: String, in range: ClosedRange<Double>) throws(UsageError) -> Double? {
    guard let text = string(name) else { return nil }
    guard let number = Double(text), range.contains(number) else {
      let (least, most) = (plain(range.lowerBound), plain(range.upperBound))
      throw UsageError(
        message: "\(name) needs a number from \(least) to \(most), not \"\(text.prefix(80))\"")
    }
    return number
  }

  /// A number without a fraction that says nothing.
  private func plain(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  /// The value of an option as numbers from 0 to 1, with commas between them.
  func fractions(_ name: String) throws(UsageError) -> [Double]? {
    guard let text = string(name) else { return nil }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0) ?? -1
    }
    guard numbers.allSatisfy((0...1).contains) else {
      throw UsageError(
        message: "\(name) needs numbers from 0 to 1 with commas between them, not "
          + "\"\(text.prefix(80))\"")
    }
    return numbers
  }

  /// The value of an option as a fork.
  func fork(_ name: String) throws(UsageError) -> Fork? {
    guard let text = string(name) else { return nil }
    guard let fork = Fork(text) else {
      let names = Fork.allCases.map(\.name)
      let hint =
        Self.suggestion(for: text, among: names) ?? "forks are \(names.joined(separator: ", "))"
      throw UsageError(message: "\(name): there is no fork \"\(text)\"; \(hint)")
    }
    return fork
  }

  /// The value of an option as how far back the state of blocks is kept.
  func history(_ name: String) throws(UsageError) -> Store.History? {
    guard let text = string(name) else { return nil }
    if text == "archive" { return .archive }
    guard let count = UInt64(text) else {
      throw UsageError(
        message: "\(name) needs a number of blocks or \"archive\", not \"\(text.prefix(80))\"")
    }
    return .blocks(count)
  }

  /// The value of an option as bytes in hex.
  func bytes(_ name: String) throws(UsageError) -> [UInt8]? {
    guard let text = string(name) else { return nil }
    do throws(HexError) {
      return try Hex.decode(text)
    } catch {
      let reason =
        error.kind == .oddLength
        ? "the number of digits is odd" : "wrong at character \(error.offset + 1)"
      throw UsageError(message: "\(name) needs pairs of hex digits: \(reason)")
    }
  }
}
