// Whether the ommers of a block may stand there.

import Ledger
import Primitives

/// The rules for ommers (Yellow Paper, section 11.1).
struct OmmerValidation {
  /// The most ommers of a block.
  static let maximum = 2
  /// How many generations back the parent of an ommer may be, counted from the block.
  static let generations = 7

  /// The block's ancestors, its parent first, as many generations as count.
  let ancestors: [BlockRecord]
  /// Throws the rule that an ommer breaks as the child of a header.
  let checkHeader: (_ ommer: Header, _ parent: BlockRecord) throws(InvalidBlock) -> Void

  /// Throws the first rule that the ommers break.
  func check(_ ommers: [Header]) throws(InvalidBlock) {
    if ommers.count > Self.maximum { throw .tooManyOmmers }
    var seen: Set<Hash256> = []
    for (index, ommer) in ommers.enumerated() {
      let hash = ommer.hash
      if !seen.insert(hash).inserted { throw .duplicateOmmer }
      if ancestors.contains(where: { $0.hash == hash }) { throw .ommerIsAncestor }
      if ancestors.contains(where: { $0.ommerHashes.contains(hash) }) {
        throw .ommerAlreadyIncluded
      }
      if ommer.parentHash == ancestors.first?.hash { throw .ommerIsSibling }
      guard let parent = ancestors.first(where: { $0.hash == ommer.parentHash }) else {
        throw .ommerParentNotAncestor
      }
      do throws(InvalidBlock) {
        try checkHeader(ommer, parent)
      } catch {
        throw .ommer(index: index, error)
      }
    }
  }
}
