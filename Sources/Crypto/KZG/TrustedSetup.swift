// The outcome of Ethereum's KZG ceremony: multiples of the generators by powers of a secret s that
// nobody knows.

internal import CTrustedSetup

/// The trusted setup of EIP-4844 for polynomials of 4096 coefficients: `trusted_setup_4096.json` of
/// github.com/ethereum/consensus-specs (CC0-1.0), part of the program.
///
/// Its points are trusted to lie where they should; a unit test checks all of them, and no input can
/// put others there. They are decoded when they are first needed, once for all threads.
public enum TrustedSetup {
  /// Points in G1, in either form.
  public static let g1Count = 4096
  /// Points in G2.
  public static let g2Count = 65

  /// The compressed points Lᵢ(s)·G of 48 bytes, where Lᵢ is one at the i-th power of the root of unity.
  public static var lagrangeG1: UnsafeRawBufferPointer { part(0, g1Size) }
  /// The compressed points sⁱ·H of 96 bytes.
  public static var monomialG2: UnsafeRawBufferPointer { part(g1Size, g2Size) }
  /// The compressed points sⁱ·G of 48 bytes.
  public static var monomialG1: UnsafeRawBufferPointer { part(g1Size + g2Size, g1Size) }

  private static let g1Size = g1Count * BLS12381.compressedG1ByteCount
  private static let g2Size = g2Count * BLS12381.compressedG2ByteCount

  private static func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
    precondition(Int(nt_trusted_setup_size()) == 2 * g1Size + g2Size, "the setup is cut off")
    return UnsafeRawBufferPointer(start: nt_trusted_setup() + offset, count: count)
  }

  /// G.
  static let generatorG1 = g1(monomialG1, 0)
  /// H.
  static let generatorG2 = g2(0)
  /// s·H.
  static let secretG2 = g2(1)
  /// s⁶⁴·H.
  static let cellSecretG2 = g2(KZG.elementsPerCell)
  /// sⁱ·G for the coefficients of a cell.
  static let cellMonomialG1 = (0..<KZG.elementsPerCell).map { g1(monomialG1, $0) }
  /// sⁱ·G.
  static let allMonomialG1 = (0..<g1Count).map { g1(monomialG1, $0) }
  /// Lᵢ(s)·G in the order of a blob's elements.
  static let lagrangeOfBlob = (0..<g1Count).map {
    g1(lagrangeG1, RootsOfUnity.reversed($0, bits: KZG.blobBits))
  }

  private static func g1(
    _ points: UnsafeRawBufferPointer, _ index: Int
  ) -> AffinePoint<BLS12381.G1> {
    let bytes = points.baseAddress.unsafelyUnwrapped + index * BLS12381.compressedG1ByteCount
    guard let point = BLS12381.compressedG1(at: bytes) else {
      preconditionFailure("the setup holds no such point")
    }
    return point
  }

  private static func g2(_ index: Int) -> AffinePoint<BLS12381.G2> {
    let bytes = monomialG2.baseAddress.unsafelyUnwrapped + index * BLS12381.compressedG2ByteCount
    guard let point = BLS12381.compressedG2(at: bytes) else {
      preconditionFailure("the setup holds no such point")
    }
    return point
  }
}
