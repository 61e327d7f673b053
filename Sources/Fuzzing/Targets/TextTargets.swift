// Text: hexadecimal and JSON.

internal import JSON
internal import Oracles
internal import Primitives
internal import Samples

/// Bytes and numbers in hexadecimal and decimal.
final class HexTarget: ByteTarget {
  static let name = "hex"
  static let summary = "hexadecimal and decimal text: refused with a place, or read by its value"

  func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
    let text = generator.oneIn(2) ? Hex.encode(generator.bytes(upTo: 40)) : generator.word().hex
    let bytes = Array((generator.oneIn(4) ? generator.word().decimal : text).utf8)
    return generator.oneIn(2) ? bytes : generator.mutated(bytes)
  }

  func check(_ bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    return checkBytes(text) ?? checkNumber(text) ?? checkDecimal(text)
  }

  private func digits(of text: String) -> String {
    text.hasPrefix("0x") || text.hasPrefix("0X") ? String(text.dropFirst(2)) : text
  }

  private func isHex(_ text: String) -> Bool {
    text.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit && $0 < 0x80 }
  }

  private func checkBytes(_ text: String) -> String? {
    let digits = digits(of: text)
    let isValid = isHex(digits) && digits.utf8.count.isMultiple(of: 2)
    guard let bytes = try? Hex.decode(text) else { return isValid ? "refused as bytes" : nil }
    guard isValid else { return "taken for bytes" }
    return Hex.encode(bytes) == "0x" + digits.lowercased() ? nil : "read as other bytes"
  }

  private func checkNumber(_ text: String) -> String? {
    let digits = digits(of: text)
    let significant = digits.drop { $0 == "0" }
    let isValid = isHex(digits) && !digits.isEmpty && significant.utf8.count <= 64
    guard let number = try? UInt256(hex: text) else { return isValid ? "refused as a number" : nil }
    guard isValid else { return "taken for a number" }
    let expected = significant.isEmpty ? "0x0" : "0x" + significant.lowercased()
    return number.hex == expected ? nil : "read as \(number.hex)"
  }

  private func checkDecimal(_ text: String) -> String? {
    let isValid = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard let number = UInt256(decimal: text) else {
      return isValid && text.utf8.count < 77 ? "refused as a decimal" : nil
    }
    guard isValid else { return "taken for a decimal" }
    let significant = text.drop { $0 == "0" }
    let expected = significant.isEmpty ? "0" : String(significant)
    guard number.decimal == expected else { return "the decimal is read as \(number.decimal)" }
    return GMPInteger(number).decimal == expected ? nil : "the decimal is read as \(number)"
  }
}

/// JSON documents.
final class JSONTarget: ByteTarget {
  static let name = "json"
  static let summary = "JSON: what is written can be read; what is read can be walked and written"

  func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
    if generator.oneIn(200) {
      let depth = generator.within(200...400)
      return Array(String(repeating: "[", count: depth).utf8)
        + Array(String(repeating: "]", count: generator.oneIn(2) ? depth : depth - 1).utf8)
    }
    var writer = JSONWriter()
    write(to: &writer, &generator, depth: 0)
    let bytes = Array(writer.text.utf8)
    return generator.oneIn(3) ? bytes : generator.mutated(bytes)
  }

  private func write(to writer: inout JSONWriter, _ generator: inout SeededGenerator, depth: Int) {
    switch generator.below(depth == 4 ? 5 : 9) {
    case 0: writer.value(string(&generator))
    case 1: writer.value(generator.number())
    case 2: writer.value(generator.oneIn(2))
    case 3: writer.null()
    case 4: writer.value(Double(Int64(truncatingIfNeeded: generator.next()) >> 40) / 64)
    case 5, 6:
      writer.array { writer in
        for _ in 0..<generator.below(5) { write(to: &writer, &generator, depth: depth + 1) }
      }
    default:
      writer.object { writer in
        for number in 0..<generator.below(5) {
          writer.key("\(number)" + string(&generator))
          write(to: &writer, &generator, depth: depth + 1)
        }
      }
    }
  }

  private func string(_ generator: inout SeededGenerator) -> String {
    switch generator.below(4) {
    case 0: generator.word().hex
    case 1: generator.word().decimal
    case 2: String(decoding: generator.bytes(upTo: 12), as: UTF8.self)
    default: generator.pick(["", "0x", "0x:bigint 0x1", "\"\\\n\t\r\u{1}", "é€😀", "0X0", "nonce"])
    }
  }

  func check(_ bytes: [UInt8]) -> String? {
    guard let document = try? JSONDocument(parsing: bytes, source: "fuzz") else { return nil }
    let written = copy(document.root)
    do throws(JSONError) {
      let again = try JSONDocument(parsing: Array(written.utf8), source: "copy")
      return copy(again.root) == written ? nil : "a copy of the document is another: \(written)"
    } catch {
      return "a copy of the document is refused: \(error): \(written)"
    }
  }

  private func copy(_ root: JSONValue) -> String {
    var writer = JSONWriter()
    copy(root, to: &writer)
    return writer.text
  }

  /// Writes the value again, and asks of it everything that can be asked.
  private func copy(_ value: JSONValue, to writer: inout JSONWriter) {
    _ = (try? value.uint256(), try? value.uint64(), try? value.bytes())
    _ = (try? value.address(), try? value.hash(), try? value.optionalField("nonce"))
    switch value.kind {
    case .object:
      writer.object { writer in
        for member in (try? value.members()).map({ Array($0) }) ?? [] {
          writer.key(member.key.string)
          copy(member.value, to: &writer)
        }
      }
    case .array:
      writer.array { writer in
        for element in (try? value.elements()).map({ Array($0) }) ?? [] {
          copy(element, to: &writer)
        }
      }
    case .string: writer.value(value.text?.string ?? "")
    case .integer: writer.value(value.wholeNumber ?? 0)
    case .boolean: writer.value(value.boolean ?? false)
    case .fraction, .null: writer.null()
    }
  }
}
