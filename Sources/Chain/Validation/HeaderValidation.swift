// Whether a header follows its parent.

public import Ledger
import Primitives

/// The rules that a header must keep as the child of another, under the rules of one fork.
public struct HeaderValidation {
  /// The least gas limit.
  public static let minimumGasLimit: UInt64 = 5_000
  /// The most bytes of extra data.
  public static let maximumExtraData = 32
  /// What the extra data of the first ten blocks from the DAO fork on say (EIP-779).
  public static let daoMark = Array("dao-hard-fork".utf8)

  private let header: Header
  private let parent: Header
  private let fork: Fork
  private let chain: ChainRules

  /// Throws the first rule that `header` breaks as a child of `parent` in a block under `fork`.
  public static func check(
    _ header: Header, parent: Header, fork: Fork, chain: ChainRules
  ) throws(InvalidBlock) {
    try checkPlace(header, parent: parent)
    let validation = HeaderValidation(header: header, parent: parent, fork: fork, chain: chain)
    try validation.checkGas()
    try validation.checkFields()
    try validation.checkBaseFee()
    try validation.checkExtraData()
    try validation.checkDifficulty()
    try validation.checkBlobGas()
  }

  /// Throws unless number and timestamp follow the parent's; they decide on the fork.
  public static func checkPlace(_ header: Header, parent: Header) throws(InvalidBlock) {
    let (number, overflow) = parent.number.addingReportingOverflow(1)
    if overflow || header.number != number { throw .wrongNumber(expected: number) }
    if header.timestamp <= parent.timestamp { throw .timestampNotAfterParent(parent.timestamp) }
  }

  /// Each fork demands its fields and knows no later ones.
  private func checkFields() throws(InvalidBlock) {
    let fields: [(Header.Field, isPresent: Bool, since: Fork)] = [
      (.baseFeePerGas, header.baseFeePerGas != nil, .london),
      (.withdrawalsRoot, header.withdrawalsRoot != nil, .shanghai),
      (.blobGasUsed, header.blobGasUsed != nil, .cancun),
      (.excessBlobGas, header.excessBlobGas != nil, .cancun),
      (.parentBeaconBlockRoot, header.parentBeaconBlockRoot != nil, .cancun),
      (.requestsHash, header.requestsHash != nil, .prague),
    ]
    for (field, isPresent, since) in fields where isPresent != (fork >= since) {
      throw isPresent ? .unexpectedField(field) : .missingField(field)
    }
  }

  private func checkGas() throws(InvalidBlock) {
    if header.gasLimit > UInt64(Int64.max) { throw .gasLimitAboveMaximum }
    if header.gasLimit < Self.minimumGasLimit { throw .gasLimitBelowMinimum }
    // London's first block starts from the doubled limit, half of which is the target.
    let isFirstOfLondon = fork >= .london && parent.baseFeePerGas == nil
    let base = UInt128(parent.gasLimit) * (isFirstOfLondon ? UInt128(BaseFee.elasticity) : 1)
    let limit = UInt128(header.gasLimit)
    guard limit < base + base / 1024, limit > base - base / 1024 else {
      throw .gasLimitTooFarFromParent(parent.gasLimit)
    }
    if header.gasUsed > header.gasLimit { throw .gasUsedAboveLimit }
  }

  private func checkBaseFee() throws(InvalidBlock) {
    if fork < .london { return }
    let fee = BaseFee.next(after: parent)
    if header.baseFeePerGas != fee { throw .wrongBaseFee(expected: fee) }
  }

  private func checkExtraData() throws(InvalidBlock) {
    if header.extraData.count > Self.maximumExtraData { throw .extraDataTooLong }
    guard let split = chain.daoFork, split.marks(header.number) else { return }
    guard (header.extraData == Self.daoMark) == split.isSupported else {
      throw split.isSupported ? .daoMarkMissing : .daoMarkForbidden
    }
  }

  private func checkDifficulty() throws(InvalidBlock) {
    if fork >= .paris {
      if !header.difficulty.isZero { throw .wrongDifficulty(expected: .zero) }
      if header.nonce != 0 { throw .nonceNotZero }
      if header.ommersHash != Header.emptyOmmersHash { throw .ommersNotAllowed }
      return
    }
    let expected = Difficulty.of(
      number: header.number, timestamp: header.timestamp, parentDifficulty: parent.difficulty,
      parentTimestamp: parent.timestamp,
      parentHasOmmers: parent.ommersHash != Header.emptyOmmersHash, fork: fork)
    if header.difficulty != expected { throw .wrongDifficulty(expected: expected) }
  }

  private func checkBlobGas() throws(InvalidBlock) {
    guard let parameters = chain.blobParameters(block: header.number, timestamp: header.timestamp)
    else { return }
    let excess = BlobGas.excess(after: parent, parameters: parameters, fork: fork)
    if header.excessBlobGas != excess { throw .wrongExcessBlobGas(expected: excess) }
  }
}
