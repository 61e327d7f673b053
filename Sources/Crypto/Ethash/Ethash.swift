// The proof of work of Ethereum before Paris: its sizes and seeds.

public import Primitives

/// Sixteen little-endian words of 32 bits: what Keccak-512 gives, and the unit of cache and dataset.
typealias EthashRow = SIMD16<UInt32>

/// Ethash (Yellow Paper, appendix J): a proof of work over a dataset of gigabytes, of which a check
/// computes what it needs from a cache of megabytes.
public enum Ethash {
  /// How many blocks share a cache and a dataset.
  public static let epochLength: UInt64 = 30_000

  /// How many epochs there are for us: blocks up to number 61,439,999. Main network left proof of work
  /// in epoch 517; later caches would only serve to exhaust memory.
  public static let epochLimit = 2_048

  /// The bytes of a row: of an item of the dataset, and of the cache.
  static let rowBytes = 64
  /// The bytes that one access to the dataset takes in.
  static let mixBytes = 128

  /// The epoch of a block, or nil beyond the limit.
  public static func epoch(ofBlock number: UInt64) -> Int? {
    let epoch = number / epochLength
    return epoch < UInt64(epochLimit) ? Int(epoch) : nil
  }

  /// The bytes of an epoch's cache: 16 MiB and 128 KiB an epoch, reduced to a prime number of rows.
  public static func cacheSize(epoch: Int) -> Int {
    let bound = 1 << 24 + epoch << 17
    return largestPrime(below: bound / rowBytes) * rowBytes
  }

  /// The bytes of an epoch's dataset: 1 GiB and 8 MiB an epoch, reduced to a prime number of mixes.
  public static func datasetSize(epoch: Int) -> Int {
    let bound = 1 << 30 + epoch << 23
    return largestPrime(below: bound / mixBytes) * mixBytes
  }

  /// The seed of an epoch's cache: zeros, hashed once an epoch.
  public static func seed(epoch: Int) -> Hash256 {
    var seed = Hash256.zero
    for _ in 0..<epoch { seed = Keccak256.hash(seed.word) }
    return seed
  }

  /// The largest odd prime below an even bound.
  private static func largestPrime(below bound: Int) -> Int {
    var candidate = bound - 1
    while !isPrime(candidate) { candidate -= 2 }
    return candidate
  }

  /// Whether an odd number is prime; below 2^28 as sizes are, at most 8,192 divisions.
  static func isPrime(_ number: Int) -> Bool {
    guard number > 2 else { return number == 2 }
    var divisor = 3
    while divisor * divisor <= number {
      if number.isMultiple(of: divisor) { return false }
      divisor += 2
    }
    return !number.isMultiple(of: 2)
  }

  /// The mixing function, a variant of FNV over 32-bit words.
  @inline(__always)
  static func mix(_ a: UInt32, _ b: UInt32) -> UInt32 { (a &* 0x0100_0193) ^ b }

  /// The mixing function on each word.
  @inline(__always)
  static func mix(_ a: EthashRow, _ b: EthashRow) -> EthashRow {
    (a &* EthashRow(repeating: 0x0100_0193)) ^ b
  }
}
