// Block access lists as JSON-RPC shows them (EIP-7928).

internal import JSON
internal import Ledger
internal import Primitives

extension BlockAccessList {
  func write(to writer: inout JSONWriter) {
    writer.array { list in
      for account in accounts { list.object { account.write(to: &$0) } }
    }
  }
}

extension AccountAccess {
  fileprivate func write(to object: inout JSONWriter) {
    object.member("address", address)
    object.objects("storageChanges", of: storageChanges) { object, slot in
      object.member("key", Hash256(slot.slot))
      object.objects("changes", of: slot.changes) { object, change in
        object.member("index", quantity: UInt64(change.index))
        object.member("value", Hash256(change.value))
      }
    }
    object.key("storageReads")
    object.array { list in for slot in storageReads { list.value(Hash256(slot)) } }
    object.objects("balanceChanges", of: balanceChanges) { object, change in
      object.member("index", quantity: UInt64(change.index))
      object.member("value", quantity: change.value)
    }
    object.objects("nonceChanges", of: nonceChanges) { object, change in
      object.member("index", quantity: UInt64(change.index))
      object.member("value", quantity: change.value)
    }
    object.objects("codeChanges", of: codeChanges) { object, change in
      object.member("index", quantity: UInt64(change.index))
      object.member("code", data: change.value)
    }
  }
}
