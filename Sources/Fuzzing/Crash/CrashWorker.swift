// The process that is killed.

internal import Foundation
internal import Ledger
internal import Primitives
internal import Storage

/// Adds blocks to a store until it is killed, and notes what was acknowledged.
public enum CrashWorker {
  /// Adds blocks of the chain of `seed` to the store in `folder`. To the file `notes` it appends, a line
  /// each, the number of the block that is the least that the head can be from now on. Answers what was
  /// in the way; otherwise it never comes back.
  public static func work(folder: String, seed: UInt64, notes: String) -> String {
    do {
      let file = open(notes, O_WRONLY | O_CREAT | O_APPEND, 0o644)
      guard file >= 0 else { return "cannot write \(notes)" }
      let store = try Store.open(at: folder, options: CrashChain.options)
      let chain = CrashChain(seed: seed)
      // Others may have come to the same number before: ways back are not always at the same ones.
      var added = 0
      while true {
        let head = store.head.number
        added += 1
        if added % 41 == 0, head > 12 {
          note(head - CrashChain.wayBack, in: file)
          try store.retreat(to: head - CrashChain.wayBack)
        } else if added % 17 == 0, head > 12 {
          try goAlongBranch(of: chain, in: store)
          note(store.head.number, in: file)
        } else {
          try add(variant: 0, of: chain, to: store)
          note(head + 1, in: file)
        }
      }
    } catch {
      return "\(error)"
    }
  }

  /// Goes along a branch that becomes longer than the chain, and mostly makes it the chain. Until then, and
  /// behind it, the head is no lower than it was.
  private static func goAlongBranch(of chain: CrashChain, in store: Store) throws {
    let head = store.head.number
    let variant = UInt8.random(in: 1...255)
    try store.beginBranch(at: head - CrashChain.wayBack)
    for _ in 0..<Int(CrashChain.wayBack) + Int.random(in: 1...4) {
      try add(variant: variant, of: chain, to: store)
    }
    if Int.random(in: 0..<4) == 0 { try store.leaveBranch() } else { try store.adoptBranch() }
  }

  private static func add(variant: UInt8, of chain: CrashChain, to store: Store) throws {
    let parent = store.tipBlock
    let number = parent.number + 1
    let diff = chain.diff(number, variant: variant)
    let changes = try store.advance(
      to: BlockIdentity(number: number, hash: .zero), by: diff)
    let root = try store.root(after: diff) { jobs, body in for job in 0..<jobs { body(job, 0) } }
    let header = chain.header(number, variant: variant, parent: parent.hash, stateRoot: root)
    let hash = header.hash
    store.name(BlockIdentity(number: number, hash: hash))
    try store.commit(
      CommittedBlock(
        header: header, hash: hash, transactions: chain.transactions(number), changes: changes))
  }

  private static func note(_ number: UInt64, in file: Int32) {
    let line = Array("\(number)\n".utf8)
    _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
  }
}
