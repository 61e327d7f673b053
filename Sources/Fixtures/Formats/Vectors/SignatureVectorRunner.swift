// Wycheproof vectors of ECDSA verification.

internal import Crypto
internal import JSON
internal import Primitives

/// Runs the Wycheproof files for secp256k1 and P-256 with SHA-256, signatures in DER or as r‖s.
final class SignatureVectorRunner: FormatRunner {
  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(nil) else { return }
    for group in try file.document.root.field("testGroups").elements() {
      let group = try Group(group)
      for test in try group.value.field("tests").elements() {
        let number = try test.field("tcId").uint64()
        let name = "\(file.stem)[\(number)] \(try test.field("comment").string())"
        guard selection.includes(name, path: file.path) else { continue }
        report(CaseResult(name: name, verdict: try verdict(test, group)))
      }
    }
  }

  private struct Group {
    let value: JSONValue
    let isSecp256k1: Bool
    let isDER: Bool
    let refusesHighS: Bool
    let x: UInt256
    let y: UInt256

    init(_ group: JSONValue) throws(JSONError) {
      value = group
      let key = try group.field("publicKey")
      let curve = try key.field("curve")
      switch try curve.string() {
      case "secp256k1": isSecp256k1 = true
      case "secp256r1": isSecp256k1 = false
      default: throw curve.unexpected("secp256k1 or secp256r1")
      }
      let type = try group.field("type").string()
      isDER = type != "EcdsaP1363Verify"
      refusesHighS = type == "EcdsaBitcoinVerify"
      let bytes = try key.field("uncompressed").bytes()
      guard bytes.count == 65, bytes[0] == 4, let x = UInt256(bigEndian: bytes[1..<33]),
        let y = UInt256(bigEndian: bytes[33..<65])
      else { throw key.unexpected("an uncompressed point") }
      self.x = x
      self.y = y
    }
  }

  private func verdict(_ test: JSONValue, _ group: Group) throws(JSONError) -> Verdict {
    let hash = SHA256.hash(try test.field("msg").bytes())
    let bytes = try test.field("sig").bytes()
    let signature = group.isDER ? DERSignature.parse(bytes) : Self.split(bytes)
    let isValid = signature.map { verify(hash, $0.r, $0.s, group) } ?? false
    switch try test.field("result").string() {
    case "valid": return isValid ? .passed : .failed("expected valid; it was refused")
    case "invalid": return isValid ? .failed("expected invalid; it was accepted") : .passed
    default: return .passed
    }
  }

  private static func split(_ bytes: [UInt8]) -> (r: UInt256, s: UInt256)? {
    guard bytes.count == 64, let r = UInt256(bigEndian: bytes[..<32]),
      let s = UInt256(bigEndian: bytes[32...])
    else { return nil }
    return (r, s)
  }

  private func verify(_ hash: Hash256, _ r: UInt256, _ s: UInt256, _ group: Group) -> Bool {
    if group.refusesHighS, s > Secp256k1.halfOrder { return false }
    return group.isSecp256k1
      ? Secp256k1.verify(hash: hash, r: r, s: s, x: group.x, y: group.y)
      : P256.verify(hash: hash, r: r, s: s, x: group.x, y: group.y)
  }
}

/// A signature in DER: a sequence of two integers, strictly.
enum DERSignature {
  /// The two integers, or nil for anything but their one encoding.
  static func parse(_ bytes: [UInt8]) -> (r: UInt256, s: UInt256)? {
    // Two integers of at most 33 bytes fit a length of one byte.
    guard bytes.count >= 2, bytes[0] == 0x30, bytes[1] < 0x80, Int(bytes[1]) == bytes.count - 2
    else { return nil }
    var rest = bytes[2...]
    guard let r = integer(&rest), let s = integer(&rest), rest.isEmpty else { return nil }
    return (r, s)
  }

  private static func integer(_ rest: inout ArraySlice<UInt8>) -> UInt256? {
    guard rest.popFirst() == 0x02, let count = rest.popFirst(), count >= 1, count < 0x80,
      Int(count) <= rest.count
    else { return nil }
    let content = rest.prefix(Int(count))
    rest = rest.dropFirst(Int(count))
    guard let first = content.first, first < 0x80 else { return nil }
    if first == 0, content.count > 1 {
      guard let second = content.dropFirst().first, second >= 0x80 else { return nil }
    }
    return UInt256(bigEndian: content.drop { $0 == 0 })
  }
}
