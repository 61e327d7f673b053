// SHA-256, RIPEMD-160, BLAKE2b: known answers.

import Crypto
import Primitives
import Testing

@Suite struct DigestTests {
  private let digits = Array("1234567890".utf8)

  @Test func sha256() throws {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    let long = "f371bc4a311f2b009eef952dd83ca80e2b60026c8e935592d0f9c308453c813e"
    #expect(SHA256.hash([]) == (try Hash256(hex: empty)))
    #expect(SHA256.hash(Array("abc".utf8)) == (try Hash256(hex: abc)))
    let eighty = (0..<8).flatMap { _ in digits }
    #expect(SHA256.hash(eighty) == (try Hash256(hex: long)))
  }

  @Test func ripemd160() throws {
    let empty = "9c1185a5c5e9fc54612808977ee8f548b2258d31"
    let abc = "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"
    let long = "9b752e45573d4b39f4dbd3323cab82bf63326bfb"
    #expect(RIPEMD160.hash([]) == (try Hex.decode(empty)))
    #expect(RIPEMD160.hash(Array("abc".utf8)) == (try Hex.decode(abc)))
    let eighty = (0..<8).flatMap { _ in digits }
    #expect(RIPEMD160.hash(eighty) == (try Hex.decode(long)))
  }

  /// One block of "abc" after the parameters of BLAKE2b-512 (RFC 7693, appendix A).
  private func blake2b(rounds: UInt32, isFinal: Bool) -> [UInt8] {
    var state: [UInt64] = [
      0x6a09_e667_f2bd_c948, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b,
      0xa54f_f53a_5f1d_36f1, 0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f,
      0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
    ]
    let message: [UInt64] = [0x63_6261] + [UInt64](repeating: 0, count: 15)
    Blake2f.compress(
      rounds: rounds, state: &state, message: message, offset: (3, 0), isFinal: isFinal)
    return state.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  @Test(arguments: [
    (
      12, true,
      "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
    ),
    (
      12, false,
      "75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752"
        + "98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735"
    ),
    (
      1, true,
      "b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fb"
        + "a551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421"
    ),
    (
      0, true,
      "08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
        + "d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b"
    ),
  ])
  func blake2f(_ rounds: UInt32, _ isFinal: Bool, _ expected: String) throws {
    #expect(blake2b(rounds: rounds, isFinal: isFinal) == (try Hex.decode(expected)))
  }

  /// RFC 4231, test case 2.
  @Test func hmacSHA256AuthenticatesAsItsDefinitionSays() throws {
    let code = HMACSHA256.authenticate(
      Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
    let expected = try Hex.decode(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(code == expected)
    #expect(HMACSHA256.areEqual(code, expected))
    #expect(!HMACSHA256.areEqual(code, Array(expected.dropLast())))
    #expect(!HMACSHA256.areEqual(code, [UInt8](repeating: 0, count: 32)))
  }
}
