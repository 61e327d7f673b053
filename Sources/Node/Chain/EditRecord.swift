// The form of the journal of edits.

internal import Crypto
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// What was edited in the state after a block, in the journal: an RLP list of the block's number, its hash, and what
/// became of an account; without that, what had been edited there is edited no more.
struct EditRecord: Equatable {
  /// What became of an account.
  enum Change: Equatable {
    /// It is as it would be without edits.
    case forgotten
    /// It is gone.
    case removed
    /// It is this, with these words besides those that were written before, and with this code, where that is new.
    case set(Account, words: [UInt256: UInt256], code: [UInt8])
  }

  let block: BlockIdentity
  let edit: (address: Address, change: Change)?

  static func == (a: EditRecord, b: EditRecord) -> Bool {
    a.block == b.block && a.edit?.address == b.edit?.address && a.edit?.change == b.edit?.change
  }

  static let framing = JournalFraming(
    head: Array("needletail edits 1\n".utf8), lengthLimit: 256 << 20, readLimit: 1 << 30)

  /// Writes records that belong together: they are read all or none.
  static func append(_ records: [EditRecord], to bytes: inout [UInt8]) throws(StoreError) {
    var encoder = RLPEncoder()
    encoder.list { list in for record in records { record.encode(to: &list) } }
    try framing.append(encoder.bytes, hash: Keccak256.hash(encoder.bytes), to: &bytes)
  }

  private func encode(to encoder: inout RLPEncoder) {
    encoder.list { encoder in
      encoder.encode(block.number)
      encoder.encode(block.hash)
      guard let (address, change) = edit else { return }
      encoder.encode(address)
      switch change {
      case .forgotten: encoder.encode(0 as UInt64)
      case .removed: encoder.encode(1 as UInt64)
      case .set(let account, let words, let code):
        encoder.encode(2 as UInt64)
        encoder.encode(account.nonce)
        encoder.encode(account.balance)
        encoder.encode(account.codeHash)
        encoder.encode(code)
        encoder.list { list in
          for (slot, word) in words {
            list.encode(slot)
            list.encode(word)
          }
        }
      }
    }
  }

  init(_ block: BlockIdentity, _ edit: (address: Address, change: Change)?) {
    self.block = block
    self.edit = edit
  }

  /// The records that an encoding says. Throws where it says none.
  static func list(decoding encoding: [UInt8]) throws(RLPError) -> [EditRecord] {
    var outer = RLPReader(encoding)
    var list = try outer.readList()
    try outer.expectEnd()
    var records: [EditRecord] = []
    while !list.isAtEnd { records.append(try EditRecord(try list.readList())) }
    return records
  }

  private init(_ reader: consuming RLPReader) throws(RLPError) {
    block = BlockIdentity(number: try reader.readUInt64(), hash: try reader.readHash())
    if reader.isAtEnd {
      edit = nil
      return
    }
    let address = try reader.readAddress()
    switch try reader.readUInt64() {
    case 0: edit = (address, .forgotten)
    case 1: edit = (address, .removed)
    default:
      let account = Account(
        nonce: try reader.readUInt64(), balance: try reader.readUInt256(),
        codeHash: try reader.readHash())
      let code = Array(try reader.readBytes())
      var list = try reader.readList()
      var words: [UInt256: UInt256] = [:]
      while !list.isAtEnd { words[try list.readUInt256()] = try list.readUInt256() }
      edit = (address, .set(account, words: words, code: code))
    }
    try reader.expectEnd()
  }

  /// Does to `edits` what the record says.
  func apply(to edits: inout AccountEdits) {
    guard let (address, change) = edit else {
      edits = AccountEdits()
      return
    }
    switch change {
    case .forgotten: edits.forget(address)
    case .removed: edits.remove(address)
    case .set(let account, let words, let code):
      edits.set(
        address, to: account, words: words,
        code: code.isEmpty ? nil : Code(code, hash: Keccak256.hash(code)))
    }
  }

  /// A record says no more words than these of an account.
  private static let wordLimit = 100_000

  /// Records that lead from none to these edits.
  static func all(_ edits: StateDiff, at block: BlockIdentity) -> [EditRecord] {
    let codes = Dictionary(uniqueKeysWithValues: edits.codes.map { ($0.hash, $0) })
    return edits.accounts.flatMap { change -> [EditRecord] in
      var records: [EditRecord] = []
      if change.wipesStorage { records.append(EditRecord(block, (change.address, .removed))) }
      if let account = change.account {
        let code = codes[account.codeHash]?.bytes ?? []
        for start in stride(from: 0, through: change.storage.count, by: wordLimit) {
          let part = change.storage.dropFirst(start).prefix(wordLimit)
          let words = Dictionary(uniqueKeysWithValues: part.map { ($0.slot, $0.value) })
          records.append(
            EditRecord(block, (change.address, .set(account, words: words, code: code))))
        }
      }
      return records
    }
  }
}
