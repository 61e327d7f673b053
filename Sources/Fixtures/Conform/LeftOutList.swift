// Tests that need a precompile which is not built yet.

internal import EVM
internal import Ledger
internal import Primitives

/// Folders and files of tests that call the precompiles of KZG (0x0a) or BLS12-381 (0x0b to 0x11).
///
/// A case in them is left out only when it fails, and only as long as the precompile is not built.
enum LeftOutList {
  private static let files: [(path: String, precompile: UInt64)] = [
    ("eip4844_blobs/point_evaluation_precompile", 0x0a),
    ("eip2537_bls_12_381_precompiles/", 0x0b),
  ]

  /// What the file needs that is not built, if anything.
  static func reason(path: String) -> String? {
    let table = PrecompileTable.of(.osaka)
    for file in files where path.contains(file.path) && table[Address(file.precompile)] == nil {
      let name = file.precompile == 0x0a ? "KZG point evaluation" : "BLS12-381"
      return "\(file.path) needs the precompile \(name)"
    }
    return nil
  }
}
