// RLPTests: an item and its encoding, or an encoding that must be accepted or refused.

internal import JSON
internal import Primitives

/// Runs `{in, out}`: `in` is an item, or `VALID` or `INVALID` for what decoding `out` must say.
final class RLPTestRunner: FormatRunner {
  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(nil) else { return }
    for test in try file.document.root.members() {
      let name = test.key.string
      guard selection.includes(name, path: file.path) else { continue }
      report(CaseResult(name: name, verdict: try verdict(test.value)))
    }
  }

  private func verdict(_ test: JSONValue) throws(JSONError) -> Verdict {
    let encoding = try test.field("out").bytes()
    let decoded: Result<RLPItem, RLPError>
    do throws(RLPError) {
      decoded = .success(try RLPItem.decode(encoding))
    } catch {
      decoded = .failure(error)
    }
    let input = try test.field("in")
    switch (input.text?.string, decoded) {
    case ("VALID", .success), ("INVALID", .failure): return .passed
    case ("VALID", .failure(let error)): return .failed("expected to decode; got \(error)")
    case ("INVALID", .success(let item)): return .failed("expected a refusal; decoded to \(item)")
    default: return try compare(try item(input, depth: 0), encoding, decoded)
    }
  }

  private func compare(
    _ item: RLPItem, _ encoding: [UInt8], _ decoded: Result<RLPItem, RLPError>
  ) throws(JSONError) -> Verdict {
    let ours = item.encoded
    guard ours == encoding else {
      return .failed("expected encoding \(Hex.encode(encoding)), got \(Hex.encode(ours))")
    }
    switch decoded {
    case .success(let back) where back == item: return .passed
    case .success(let back): return .failed("expected to decode to \(item), got \(back)")
    case .failure(let error): return .failed("expected to decode to \(item), got \(error)")
    }
  }

  /// The item that a JSON value describes: strings are bytes, `#…` and numbers big-endian integers.
  private func item(_ value: JSONValue, depth: Int) throws(JSONError) -> RLPItem {
    if let number = value.wholeNumber { return .bytes(UInt256(number).minimalBigEndianBytes) }
    if let text = value.text {
      guard text.hasPrefix("#") else { return .bytes(text.utf8) }
      guard let bytes = Self.bigEndianBytes(decimal: text.utf8.dropFirst()) else {
        throw value.unexpected("# and decimal digits")
      }
      return .bytes(bytes)
    }
    var items: [RLPItem] = []
    for element in try value.elements() { items.append(try item(element, depth: depth + 1)) }
    return .list(items)
  }

  /// The minimal big-endian bytes of a decimal number of up to 1000 digits.
  static func bigEndianBytes(decimal digits: ArraySlice<UInt8>) -> [UInt8]? {
    guard !digits.isEmpty, digits.count <= 1000 else { return nil }
    var littleEndian: [UInt8] = []
    for digit in digits {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      var carry = Int(digit - UInt8(ascii: "0"))
      for index in littleEndian.indices {
        carry += Int(littleEndian[index]) * 10
        littleEndian[index] = UInt8(carry & 0xff)
        carry >>= 8
      }
      if carry > 0 { littleEndian.append(UInt8(carry)) }
    }
    return littleEndian.reversed()
  }
}
