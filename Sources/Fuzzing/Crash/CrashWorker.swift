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
        let number = store.head.number + 1
        added += 1
        if added % 41 == 0, number > 12 {
          note(number - 6, in: file)
          try store.retreat(to: number - 6)
          continue
        }
        try add(number, of: chain, to: store)
        note(number, in: file)
      }
    } catch {
      return "\(error)"
    }
  }

  private static func add(_ number: UInt64, of chain: CrashChain, to store: Store) throws {
    let diff = chain.diff(number)
    let changes = try store.advance(
      to: BlockIdentity(number: number, hash: .zero), by: diff)
    let root = try store.root(after: diff) { jobs, body in for job in 0..<jobs { body(job, 0) } }
    let header = chain.header(number, parent: store.head.hash, stateRoot: root)
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
