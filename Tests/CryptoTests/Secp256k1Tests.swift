// Signatures over secp256k1.

import Crypto
import Primitives
import Testing

@Suite struct Secp256k1Tests {
  @Test func knownKeysHaveKnownAddresses() throws {
    let one = try Address(hex: "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")
    #expect(Secp256k1.address(ofPrivateKey: .one) == one)
    let two = try Address(hex: "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF")
    #expect(Secp256k1.address(ofPrivateKey: UInt256(2)) == two)
  }

  @Test func theSignerIsRecovered() {
    var key = UInt256(0x1234_5678)
    for round in 0..<100 as Range<UInt64> {
      key = UInt256.multiplyModulo(key, Keccak256.hash([]).word, Secp256k1.order)
      let hash = Keccak256.hash(UInt256(round))
      guard let signature = Secp256k1.sign(hash: hash, privateKey: key) else {
        Issue.record("no signature by \(key)")
        continue
      }
      #expect(signature.s <= Secp256k1.halfOrder && signature.yParity < 2)
      let signer = Secp256k1.recover(
        hash: hash, r: signature.r, s: signature.s, yParity: signature.yParity)
      #expect(signer != nil && signer == Secp256k1.address(ofPrivateKey: key))
      // The mirrored signature is good too: the rule against it is one of transactions.
      let mirrored = Secp256k1.recover(
        hash: hash, r: signature.r, s: Secp256k1.order &- signature.s,
        yParity: 1 - signature.yParity)
      #expect(mirrored == signer)
      let other = Secp256k1.recover(
        hash: Keccak256.hash(hash.word), r: signature.r, s: signature.s,
        yParity: signature.yParity)
      #expect(other != signer)
      let publicKey = Secp256k1.recoverPublicKey(
        hash: hash, r: signature.r, s: signature.s, yParity: signature.yParity)
      #expect(publicKey.map { Address(truncating: Keccak256.hash($0).word) } == signer)
    }
  }

  @Test func keysOutOfRangeAreRefused() {
    let hash = Keccak256.hash([])
    for key in [UInt256.zero, Secp256k1.order, Secp256k1.order &+ .one, .max] {
      #expect(Secp256k1.sign(hash: hash, privateKey: key) == nil)
      #expect(Secp256k1.address(ofPrivateKey: key) == nil)
    }
    #expect(Secp256k1.address(ofPrivateKey: Secp256k1.order &- .one) != nil)
  }

  @Test func signaturesOutOfRangeAreRefused() throws {
    let hash = Keccak256.hash([])
    let good = try #require(Secp256k1.sign(hash: hash, privateKey: UInt256(7)))
    func recover(_ r: UInt256, _ s: UInt256, _ yParity: UInt8) -> Address? {
      Secp256k1.recover(hash: hash, r: r, s: s, yParity: yParity)
    }
    #expect(recover(good.r, good.s, good.yParity) != nil)
    for bad in [UInt256.zero, Secp256k1.order, .max] {
      #expect(recover(bad, good.s, good.yParity) == nil)
      #expect(recover(good.r, bad, good.yParity) == nil)
    }
    for yParity in [2, 3, 27, 28, 255] as [UInt8] {
      #expect(recover(good.r, good.s, yParity) == nil)
    }
    // No point has this abscissa: 5^3 + 7 is no square.
    #expect(recover(UInt256(5), good.s, 0) == nil && recover(UInt256(5), good.s, 1) == nil)
  }

  @Test func halfTheOrderIsHalfTheOrder() {
    #expect(Secp256k1.halfOrder == Secp256k1.order &>> 1)
  }

  @Test func threadsShareTheContext() async {
    let hash = Keccak256.hash([])
    await withTaskGroup(of: Bool.self) { group in
      for key in 1...64 as ClosedRange<UInt64> {
        group.addTask {
          guard let signature = Secp256k1.sign(hash: hash, privateKey: UInt256(key)) else {
            return false
          }
          return Secp256k1.recover(
            hash: hash, r: signature.r, s: signature.s, yParity: signature.yParity)
            == Secp256k1.address(ofPrivateKey: UInt256(key))
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
