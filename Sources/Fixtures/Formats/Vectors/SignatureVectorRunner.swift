// Wycheproof vectors of ECDSA verification.

internal import Crypto
internal import JSON
internal import Primitives

/// Runs the Wycheproof files for secp256k1 and P-256 with SHA-256, signatures in DER or as r‖s. Those for
/// secp256k1 are verified, and the keys that they belong to recovered, all of a file at once.
final class SignatureVectorRunner: FormatRunner {
  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    guard selection.includes(nil) else { return }
    var cases: [(name: String, test: Test, recovery: Int?)] = []
    var recovery = SignatureRecovery()
    for group in try file.document.root.field("testGroups").elements() {
      let group = try Group(group)
      for test in try group.value.field("tests").elements() {
        let number = try test.field("tcId").uint64()
        let name = "\(file.stem)[\(number)] \(try test.field("comment").string())"
        guard selection.includes(name, path: file.path) else { continue }
        let test = try Test(test, group)
        let place = test.signature.flatMap {
          group.isSecp256k1 ? recovery.add(hash: test.hash, r: $0.r, s: $0.s) : nil
        }
        cases.append((name, test, place))
      }
    }
    recovery.recover()
    for (name, test, place) in cases {
      let problem = place.flatMap {
        recovery.problem($0, x: test.group.x, y: test.group.y)
      }
      let verdict = problem.map { Verdict.failed($0) } ?? test.verdict
      report(CaseResult(name: name, verdict: verdict))
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

  private struct Test {
    let group: Group
    let hash: Hash256
    /// Nil where it is not encoded as it must be.
    let signature: (r: UInt256, s: UInt256)?
    let result: String

    init(_ test: JSONValue, _ group: Group) throws(JSONError) {
      self.group = group
      hash = SHA256.hash(try test.field("msg").bytes())
      let bytes = try test.field("sig").bytes()
      signature = group.isDER ? DERSignature.parse(bytes) : Self.split(bytes)
      result = try test.field("result").string()
    }

    private static func split(_ bytes: [UInt8]) -> (r: UInt256, s: UInt256)? {
      guard bytes.count == 64, let r = UInt256(bigEndian: bytes[..<32]),
        let s = UInt256(bigEndian: bytes[32...])
      else { return nil }
      return (r, s)
    }

    var verdict: Verdict {
      switch result {
      case "valid": isValid ? .passed : .failed("expected valid; it was refused")
      case "invalid": isValid ? .failed("expected invalid; it was accepted") : .passed
      default: .passed
      }
    }

    private var isValid: Bool {
      guard let (r, s) = signature else { return false }
      if group.refusesHighS, s > Secp256k1.halfOrder { return false }
      return group.isSecp256k1
        ? Secp256k1.verify(hash: hash, r: r, s: s, x: group.x, y: group.y)
        : P256.verify(hash: hash, r: r, s: s, x: group.x, y: group.y)
    }
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
