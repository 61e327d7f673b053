// Block access lists as bytes.

internal import Primitives

extension BlockAccessList {
  /// The canonical encoding.
  public var encoded: [UInt8] {
    var encoder = RLPEncoder()
    encoder.list { encoder in
      for account in accounts { account.write(to: &encoder) }
    }
    return encoder.bytes
  }
}

extension AccountAccess {
  fileprivate func write(to encoder: inout RLPEncoder) {
    encoder.list { encoder in
      encoder.encode(address)
      encoder.list { encoder in
        for slot in storageChanges {
          encoder.list { encoder in
            encoder.encode(slot.slot)
            encoder.changes(slot.changes) { $0.encode($1) }
          }
        }
      }
      encoder.list { encoder in
        for slot in storageReads { encoder.encode(slot) }
      }
      encoder.changes(balanceChanges) { $0.encode($1) }
      encoder.changes(nonceChanges) { $0.encode($1) }
      encoder.changes(codeChanges) { $0.encode($1) }
    }
  }
}

extension RLPEncoder {
  fileprivate mutating func changes<Value>(
    _ changes: [IndexedChange<Value>], _ encode: (inout RLPEncoder, Value) -> Void
  ) {
    list { encoder in
      for change in changes {
        encoder.list { encoder in
          encoder.encode(UInt64(change.index))
          encode(&encoder, change.value)
        }
      }
    }
  }
}

// MARK: - Decoding

extension BlockAccessList {
  /// A part of a list's encoding.
  public enum Field: Sendable, Hashable {
    /// The list as a whole.
    case list
    /// A part of the account at this place of the list.
    case account(Int, AccountAccess.Part)
  }

  /// Why bytes are no list.
  public typealias DecodingError = FieldDecodingError<Field>

  /// The list whose canonical encoding `encoding` is. Refused, too, is what is out of order, stands
  /// there twice, or is a slot without a change.
  public init(decoding encoding: [UInt8]) throws(DecodingError) {
    var fields = try FieldReader<Field>(listIn: encoding[...], base: 0, whole: .list)
    var accounts: [AccountAccess] = []
    while !fields.isAtEnd {
      let number = accounts.count
      let start = fields.offset
      let account = try AccountAccess(itemOf: &fields, number)
      if let last = accounts.last, last.address >= account.address {
        throw DecodingError(.account(number, .address), .outOfOrder, at: start)
      }
      accounts.append(account)
    }
    self.init(accounts)
  }
}

extension AccountAccess {
  /// A part of an account's entry.
  public enum Part: Sendable, Hashable {
    /// The entry as a whole.
    case account
    case address, storageChanges, storageReads, balanceChanges, nonceChanges, codeChanges
    /// One of the changed slots.
    case slot(Int)
  }

  fileprivate init(
    itemOf list: inout FieldReader<BlockAccessList.Field>, _ number: Int
  ) throws(BlockAccessList.DecodingError) {
    func field(_ part: Part) -> BlockAccessList.Field { .account(number, part) }
    var fields = try list.list(field(.account))
    self.init(try fields.address(field(.address)))
    var slots = try fields.list(field(.storageChanges))
    while !slots.isAtEnd {
      let place = field(.slot(storageChanges.count))
      var entry = try slots.list(place)
      let start = entry.offset
      let slot = try entry.uint256(place)
      if let last = storageChanges.last, last.slot >= slot {
        throw BlockAccessList.DecodingError(place, .outOfOrder, at: start)
      }
      let changesStart = entry.offset
      let changes = try entry.changes(place) {
        (value) throws(BlockAccessList.DecodingError) in try value.uint256(place)
      }
      if changes.isEmpty {
        throw BlockAccessList.DecodingError(place, .empty, at: changesStart)
      }
      try entry.expectEnd(place)
      storageChanges.append(SlotAccess(slot, changes))
    }
    try readSlots(of: &fields, field(.storageReads))
    balanceChanges = try fields.changes(field(.balanceChanges)) {
      (value) throws(BlockAccessList.DecodingError) in try value.uint256(field(.balanceChanges))
    }
    nonceChanges = try fields.changes(field(.nonceChanges)) {
      (value) throws(BlockAccessList.DecodingError) in try value.uint64(field(.nonceChanges))
    }
    codeChanges = try fields.changes(field(.codeChanges)) {
      (value) throws(BlockAccessList.DecodingError) in
      Array(try value.bytes(field(.codeChanges)))
    }
    try fields.expectEnd(field(.account))
  }

  /// Reads the slots that were only read, none of which may be among the changed ones.
  private mutating func readSlots(
    of fields: inout FieldReader<BlockAccessList.Field>, _ field: BlockAccessList.Field
  ) throws(BlockAccessList.DecodingError) {
    var reads = try fields.list(field)
    var changed = storageChanges[...]
    while !reads.isAtEnd {
      let start = reads.offset
      let slot = try reads.uint256(field)
      if let last = storageReads.last, last >= slot {
        throw BlockAccessList.DecodingError(field, .outOfOrder, at: start)
      }
      changed = changed.drop { $0.slot < slot }
      if changed.first?.slot == slot {
        throw BlockAccessList.DecodingError(field, .duplicate, at: start)
      }
      storageReads.append(slot)
    }
  }
}

extension FieldReader<BlockAccessList.Field> {
  /// Reads a list of changes, whose indices rise.
  fileprivate mutating func changes<Value>(
    _ field: BlockAccessList.Field,
    _ read: (inout Self) throws(BlockAccessList.DecodingError) -> Value
  ) throws(BlockAccessList.DecodingError) -> [IndexedChange<Value>] {
    var list = try list(field)
    var changes: [IndexedChange<Value>] = []
    while !list.isAtEnd {
      var entry = try list.list(field)
      let start = entry.offset
      guard let index = UInt32(exactly: try entry.uint64(field)) else {
        throw BlockAccessList.DecodingError(field, .tooLarge, at: start)
      }
      if let last = changes.last, last.index >= index {
        throw BlockAccessList.DecodingError(field, .outOfOrder, at: start)
      }
      changes.append(IndexedChange(index, try read(&entry)))
      try entry.expectEnd(field)
    }
    return changes
  }
}
