// Accounts that the node sends for.

internal import Primitives
internal import Synchronization

/// Accounts whose keys the node has, and those that it sends for without one. Any thread may call it.
final class UnlockedAccounts: Sendable {
  private struct Impersonated {
    var addresses: Set<Address> = []
    var isEverybody = false
  }

  /// Those with keys, in their order.
  let accounts: [DevelopmentAccount]
  private let keys: [Address: UInt256]
  private let impersonated = Mutex(Impersonated())

  init(_ accounts: [DevelopmentAccount]) {
    self.accounts = accounts
    keys = Dictionary(accounts.map { ($0.address, $0.privateKey) }) { first, _ in first }
  }

  /// The key of an account; nil where the node has none.
  func key(of address: Address) -> UInt256? { keys[address] }

  /// Whether transactions of an account are sent that nobody signed.
  func impersonates(_ address: Address) -> Bool {
    impersonated.withLock { $0.isEverybody || $0.addresses.contains(address) }
  }

  /// Begins to send for an account.
  func impersonate(_ address: Address) {
    impersonated.withLock { _ = $0.addresses.insert(address) }
  }

  /// Ends it.
  func stopImpersonating(_ address: Address) {
    impersonated.withLock { _ = $0.addresses.remove(address) }
  }

  /// Sends for every account, or only for those that were named.
  func impersonateEverybody(_ isEverybody: Bool) {
    impersonated.withLock { $0.isEverybody = isEverybody }
  }

  /// Sends for nobody whose key is not there.
  func stopImpersonating() { impersonated.withLock { $0 = Impersonated() } }
}
