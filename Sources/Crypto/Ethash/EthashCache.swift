// The cache of an epoch, from which every item of its dataset can be computed.

public import Primitives

/// The cache of an epoch. Takes 16 MiB or more and some tenths of a second to make; then it is only
/// read, by any number of threads.
public final class EthashCache: @unchecked Sendable {
  /// Which epoch's cache this is.
  public let epoch: Int
  /// How many rows it has, a prime number.
  let rowCount: Int
  /// Written by `init` only.
  private let rows: UnsafeMutablePointer<EthashRow>

  /// How often the rows are hashed over.
  private static let roundCount = 3
  /// How many rows of the cache an item of the dataset is made of.
  private static let parentCount: UInt32 = 256

  /// Makes the cache of an epoch below `Ethash.epochLimit`.
  public convenience init(epoch: Int) {
    precondition((0..<Ethash.epochLimit).contains(epoch), "there is no such epoch")
    self.init(
      epoch: epoch, rowCount: Ethash.cacheSize(epoch: epoch) / Ethash.rowBytes,
      seed: Ethash.seed(epoch: epoch))
  }

  /// Makes a cache of any size.
  init(epoch: Int, rowCount: Int, seed: Hash256) {
    self.epoch = epoch
    self.rowCount = rowCount
    rows = .allocate(capacity: rowCount)
    var keccak = Keccak512()
    let word = seed.word
    var row = keccak.hash(lanes: [word.l3, word.l2, word.l1, word.l0].map(\.byteSwapped))
    for index in 0..<rowCount {
      (rows + index).initialize(to: row)
      row = keccak.hash(row)
    }
    for _ in 0..<Self.roundCount { mixRows(&keccak) }
  }

  deinit { rows.deallocate() }

  /// One round of Sergio Lerner's RandMemoHash.
  private func mixRows(_ keccak: inout Keccak512) {
    for index in 0..<rowCount {
      let before = rows[index == 0 ? rowCount - 1 : index - 1]
      let other = rows[Int(rows[index][0] % UInt32(rowCount))]
      rows[index] = keccak.hash(before ^ other)
    }
  }

  /// Item `index` of the dataset.
  func item(_ index: UInt32, _ keccak: inout Keccak512) -> EthashRow {
    let count = UInt32(rowCount)
    var mix = rows[Int(index % count)]
    mix[0] ^= index
    mix = keccak.hash(mix)
    for parent in 0..<Self.parentCount {
      let choice = Ethash.mix(index ^ parent, mix[Int(parent & 15)])
      mix = Ethash.mix(mix, rows[Int(choice % count)])
    }
    return keccak.hash(mix)
  }

  /// Keccak-256 of all rows, by which implementations compare their caches.
  public var hash: Hash256 {
    var hash = Keccak256()
    for index in 0..<rowCount {
      var row = rows[index]
      for place in 0..<16 { row[place] = row[place].littleEndian }
      withUnsafeBytes(of: row) { hash.update($0) }
    }
    return hash.finish()
  }
}

extension UInt32 {
  /// The four bytes, the lowest first.
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
