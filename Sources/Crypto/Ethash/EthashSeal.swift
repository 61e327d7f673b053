// Checking a proof of work.

public import Primitives

/// What proves the work of a block.
public struct EthashSeal: Sendable, Hashable {
  /// Keccak-256 of the header without `mixDigest` and `nonce`.
  public var sealHash: Hash256
  /// The number that was searched for.
  public var nonce: UInt64
  /// What the search saw of the dataset, in short; a cheap first proof.
  public var mixDigest: Hash256

  /// A seal.
  public init(sealHash: Hash256, nonce: UInt64, mixDigest: Hash256) {
    self.sealHash = sealHash
    self.nonce = nonce
    self.mixDigest = mixDigest
  }
}

/// Why a proof of work is none.
public enum EthashError: Error, Sendable, Hashable {
  /// The difficulty is zero, which no work meets.
  case zeroDifficulty
  /// The block's number is beyond the last epoch that is supported.
  case unsupportedEpoch(block: UInt64)
  /// Nonce and header give another mix digest than the header says.
  case mixMismatch(stated: Hash256, computed: Hash256)
  /// The result is above 2^256 divided by the difficulty.
  case difficultyNotMet(result: Hash256, difficulty: UInt256)
}

extension EthashError: CustomStringConvertible {
  /// What is wrong, for people.
  public var description: String {
    switch self {
    case .zeroDifficulty: "a difficulty of zero cannot be met"
    case .unsupportedEpoch(let block):
      "block \(block) is beyond the last of the \(Ethash.epochLimit) supported epochs"
    case .mixMismatch(let stated, let computed):
      "the mix hash is \(stated), but header and nonce give \(computed)"
    case .difficultyNotMet(let result, let difficulty):
      "the proof of work \(result) does not meet the difficulty \(difficulty.decimal)"
    }
  }
}

extension EthashSeal {
  /// What header and nonce give: the mix digest, and the number that must be low enough.
  public typealias Outcome = (mixDigest: Hash256, result: Hash256)

  /// Walks through the dataset as the search did, computing each item from `cache` (hashimoto-light).
  public func compute(with cache: EthashCache) -> Outcome {
    compute(with: cache, datasetSize: Ethash.datasetSize(epoch: cache.epoch))
  }

  func compute(with cache: EthashCache, datasetSize: Int) -> Outcome {
    var keccak = Keccak512()
    let word = sealHash.word
    let start = keccak.hash(
      lanes: [word.l3, word.l2, word.l1, word.l0].map(\.byteSwapped) + [nonce])
    let pageCount = UInt32(datasetSize / Ethash.mixBytes)
    var low = start
    var high = start
    for access in 0..<UInt32(64) {
      let place = Int(access & 31)
      let chosen = place < 16 ? low[place] : high[place - 16]
      let page = Ethash.mix(access ^ start[0], chosen) % pageCount
      low = Ethash.mix(low, cache.item(2 * page, &keccak))
      high = Ethash.mix(high, cache.item(2 * page + 1, &keccak))
    }
    var digest: [UInt8] = []
    for row in [low, high] {
      for place in stride(from: 0, to: 16, by: 4) {
        var word = Ethash.mix(row[place], row[place + 1])
        word = Ethash.mix(word, row[place + 2])
        digest += Ethash.mix(word, row[place + 3]).littleEndianBytes
      }
    }
    let result = Keccak256.hash((0..<16).flatMap { start[$0].littleEndianBytes } + digest)
    return (digest.withUnsafeBytes { Hash256(bytesAt: $0.baseAddress.unsafelyUnwrapped) }, result)
  }

  /// Checks the proof of the block with this number and difficulty; throws what is wrong with it.
  ///
  /// Makes the cache of the block's epoch if `caches` does not have it.
  public func verify(
    block number: UInt64, difficulty: UInt256, caches: EthashCaches
  ) throws(EthashError) {
    if difficulty.isZero { throw .zeroDifficulty }
    guard let epoch = Ethash.epoch(ofBlock: number) else { throw .unsupportedEpoch(block: number) }
    let outcome = compute(with: caches.cache(epoch: epoch))
    guard outcome.mixDigest == mixDigest else {
      throw .mixMismatch(stated: mixDigest, computed: outcome.mixDigest)
    }
    guard outcome.result.word <= Self.boundary(of: difficulty) else {
      throw .difficultyNotMet(result: outcome.result, difficulty: difficulty)
    }
  }

  /// 2^256 / difficulty, rounded down; 2^256 − 1 for a difficulty of one, which every result meets.
  static func boundary(of difficulty: UInt256) -> UInt256 {
    if difficulty == UInt256.one { return .max }
    let (quotient, remainder) = UInt256.max.quotientAndRemainder(dividingBy: difficulty)
    // Dividing 2^256 − 1 instead rounds one too low where 2^256 is a multiple.
    return remainder &+ UInt256.one == difficulty ? quotient &+ UInt256.one : quotient
  }
}
