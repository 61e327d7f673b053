// Ethash against the executable specification and published headers.

import Primitives
import Testing

@testable import Crypto

/// A cache of 1,021 rows; expectations about it come from the functions of the executable
/// specification (ethereum-execution 2.20.0), with its size so reduced.
private let smallCache = EthashCache(epoch: 1, rowCount: 1_021, seed: Ethash.seed(epoch: 1))

/// The header hash of the small examples.
private let example = Keccak256.hash(Array("header".utf8))

private func bytes(_ row: EthashRow) -> [UInt8] { (0..<16).flatMap { row[$0].littleEndianBytes } }

@Suite struct EthashTests {
  @Test(
    arguments: [
      (0, 16_776_896, 1_073_739_904),
      (1, 16_907_456, 1_082_130_304),
      (500, 82_311_616, 5_268_040_832),
      (2_047, 285_081_536, 18_245_220_736),
    ])
  func sizesArePrimesBelowTheirBounds(epoch: Int, cache: Int, dataset: Int) {
    #expect(Ethash.cacheSize(epoch: epoch) == cache)
    #expect(Ethash.datasetSize(epoch: epoch) == dataset)
  }

  @Test func primesAreThoseThatASieveLeaves() {
    var isPrime = [Bool](repeating: true, count: 5_000)
    isPrime[0] = false
    isPrime[1] = false
    for factor in 2..<5_000 where isPrime[factor] {
      for multiple in stride(from: 2 * factor, to: 5_000, by: factor) { isPrime[multiple] = false }
    }
    for number in 0..<5_000 { #expect(Ethash.isPrime(number) == isPrime[number], "\(number)") }
  }

  @Test func seedsAreHashesOfZeros() throws {
    #expect(Ethash.seed(epoch: 0) == .zero)
    let first = "290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563"
    #expect(Ethash.seed(epoch: 1) == (try Hash256(hex: first)))
    let last = "a3350f789a501c993d91c4ddb9ec444d2cd7c540a3091f255a0db09e474ff04d"
    #expect(Ethash.seed(epoch: 2_047) == (try Hash256(hex: last)))
  }

  @Test func epochsEndAtTheLimit() {
    #expect(Ethash.epoch(ofBlock: 29_999) == 0)
    #expect(Ethash.epoch(ofBlock: 30_000) == 1)
    #expect(Ethash.epoch(ofBlock: 61_439_999) == 2_047)
    #expect(Ethash.epoch(ofBlock: 61_440_000) == nil)
    #expect(Ethash.epoch(ofBlock: .max) == nil)
  }

  @Test func aSmallCacheIsTheSpecifications() throws {
    let expected = "77ae89fe9ace26a8b7bc5801f57061f39b8fd201bfac85d156f0f2713fd5fdb0"
    #expect(smallCache.hash == (try Hash256(hex: expected)))
  }

  @Test(
    arguments: [
      (
        0,
        "d78e9f922a06716a85f1e4252a04b9caf02a8fbcbeb7e760c17924b5578be53c"
          + "ba9de3e1cb114ee6e8171e017f52ade78690f6547de4e945399b263762d3eaea"
      ),
      (
        1,
        "de26cbc4f886ca9bb9a35875221aadfe13a48e2c7bbd3b47e1c95fc5046cd74c"
          + "7ee5b3a959ee7d2fad7027dc4149a22c4986b5a70a8510ad7368a5f6ff30e880"
      ),
      (
        12_345,
        "5b8a5b606d04638cd1c2a791de4abc8ac2f4ac06a10e0f5b53e5f264143d1af2"
          + "2d9a029b4e4dea870be81beb8c253fe7e2a7a16dbdd9aed41980d1ecc60e3e65"
      ),
      (
        2_147_483_655,
        "f762dd2ed360ab52771fbcd4823219acbb534f8bc0564190b997ee0c48566fc7"
          + "514dda4489d1f71f8cc3a8a030d1caa7a5bc422f4213711c6a485a734c33e6bc"
      ),
    ] as [(UInt32, String)])
  func datasetItemsAreTheSpecifications(index: UInt32, expected: String) throws {
    var keccak = Keccak512()
    #expect(bytes(smallCache.item(index, &keccak)) == (try Hex.decode(expected)))
  }

  @Test(
    arguments: [
      (
        0, "4a16ad725a0580ca0b4028fb50cf24e8fbd32668b9d077537c6839c443f3c112",
        "8b3d073ed7f1767da60aad29110da386c8697b092959c9c1f6c7fe7d7890aa47"
      ),
      (
        0x0123_4567_89ab_cdef,
        "f9bcc751c2eda76aa3b06667c5e16974916c1ce17f1033a60076411362e7ace3",
        "04d292e982270c8d7704cf286857550c3158eb1c4d14fc8c45e3e5a58fa81cb5"
      ),
    ] as [(UInt64, String, String)])
  func lightWalksAreTheSpecifications(nonce: UInt64, digest: String, result: String) throws {
    let seal = EthashSeal(sealHash: example, nonce: nonce, mixDigest: .zero)
    let outcome = seal.compute(with: smallCache, datasetSize: 1_048_391 * 128)
    #expect(outcome.mixDigest == (try Hash256(hex: digest)))
    #expect(outcome.result == (try Hash256(hex: result)))
  }

  @Test func boundariesAreQuotientsOf2To256() {
    #expect(EthashSeal.boundary(of: 1) == .max)
    let half: UInt256 = UInt256.one &<< 255
    #expect(EthashSeal.boundary(of: 2) == half)
    // 2^256 = 3 · 0x5555…5555 + 1
    #expect(EthashSeal.boundary(of: 3) == UInt256.max.dividedOrZero(by: 3))
    #expect(EthashSeal.boundary(of: half) == UInt256(2 as UInt64))
    #expect(EthashSeal.boundary(of: half &+ UInt256.one) == UInt256.one)
    #expect(EthashSeal.boundary(of: .max) == UInt256.one)
  }
}

/// The first header of ethereum/tests, PoWTests/ethash_tests.json.
@Suite struct EthashSealTests {
  private static let caches = EthashCaches(capacity: 1)

  private func seal() throws -> EthashSeal {
    EthashSeal(
      sealHash: try Hash256(
        hex: "2a8de2adf89af77358250bf908bf04ba94a6e8c3ba87775564a41d269a05e4ce"),
      nonce: 0x4242_4242_4242_4242,
      mixDigest: try Hash256(
        hex: "58f759ede17a706c93f13030328bcea40c1d1341fb26f2facd21ceb0dae57017"))
  }

  /// 2^256 divided by the result, rounded down: the greatest difficulty that the work meets.
  private func worth(of seal: EthashSeal) -> UInt256 {
    let result = seal.compute(with: Self.caches.cache(epoch: 0)).result
    return UInt256.max.dividedOrZero(by: result.word)
  }

  @Test func aPublishedSealHolds() throws {
    let seal = try seal()
    let cache = Self.caches.cache(epoch: 0)
    let digest = "35ded12eecf2ce2e8da2e15c06d463aae9b84cb2530a00b932e4bbc484cde353"
    #expect(cache.hash == (try Hash256(hex: digest)))
    let result = "dd47fd2d98db51078356852d7c4014e6a5d6c387c35f40e2875b74a256ed7906"
    #expect(seal.compute(with: cache).result == (try Hash256(hex: result)))
  }

  @Test func difficultyIsMetUpToTheLastUnit() throws {
    let seal = try seal()
    let worth = worth(of: seal)
    try seal.verify(block: 1, difficulty: worth, caches: Self.caches)
    let error = #expect(throws: EthashError.self) {
      try seal.verify(block: 1, difficulty: worth &+ UInt256.one, caches: Self.caches)
    }
    guard case .difficultyNotMet = error else {
      Issue.record("refused for \(String(describing: error))")
      return
    }
  }

  @Test func anyChangeOfTheSealBreaksTheMix() throws {
    var changes: [EthashSeal] = []
    var seal = try seal()
    seal.nonce ^= 1
    changes.append(seal)
    seal = try self.seal()
    seal.sealHash = Hash256(seal.sealHash.word &+ UInt256.one)
    changes.append(seal)
    seal = try self.seal()
    seal.mixDigest = Hash256(seal.mixDigest.word &+ UInt256.one)
    changes.append(seal)
    for changed in changes {
      let error = #expect(throws: EthashError.self) {
        try changed.verify(block: 0, difficulty: 1, caches: Self.caches)
      }
      guard case .mixMismatch(let stated, _) = error else {
        Issue.record("refused for \(String(describing: error))")
        continue
      }
      #expect(stated == changed.mixDigest)
    }
  }

  @Test func whatNeedsNoCacheIsRefusedWithoutOne() throws {
    let caches = EthashCaches()
    let seal = try seal()
    #expect(throws: EthashError.zeroDifficulty) {
      try seal.verify(block: 0, difficulty: .zero, caches: caches)
    }
    #expect(throws: EthashError.unsupportedEpoch(block: .max)) {
      try seal.verify(block: .max, difficulty: 1, caches: caches)
    }
    #expect(caches.epochs.isEmpty)
  }
}

@Suite struct EthashCachesTests {
  @Test func keepsTheCachesUsedLast() {
    let caches = EthashCaches(capacity: 2)
    let first = caches.cache(epoch: 0)
    _ = caches.cache(epoch: 1)
    #expect(caches.cache(epoch: 0) === first)
    #expect(caches.epochs == [1, 0])
    _ = caches.cache(epoch: 2)
    #expect(caches.epochs == [0, 2])
    #expect(caches.cache(epoch: 0) === first)
  }

  @Test func threadsShareOneCache() async {
    let caches = EthashCaches(capacity: 1)
    let made = await withTaskGroup { group in
      for _ in 0..<4 { group.addTask { ObjectIdentifier(caches.cache(epoch: 3)) } }
      return await group.reduce(into: Set<ObjectIdentifier>()) { $0.insert($1) }
    }
    #expect(made.count == 1)
  }
}
