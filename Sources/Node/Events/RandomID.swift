// Names that nobody can guess.

/// The names of subscriptions and filters: who knows one may end or read it.
enum RandomID {
  /// 128 bits in hex without leading zeros, as geth gives them.
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    let number = generator.next() as UInt64
    let rest = String(generator.next() as UInt64, radix: 16)
    return "0x" + String(number | 1 << 63, radix: 16)
      + String(repeating: "0", count: 16 - rest.count) + rest
  }
}
