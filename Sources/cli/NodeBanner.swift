// What a node says when it starts.

internal import Ledger
internal import Needletail
internal import Node
internal import Primitives

/// The accounts with their keys, what the chain is, and where it listens.
struct NodeBanner {
  let accounts: [DevelopmentAccount]
  let mnemonic: String
  let rules: ChainRules
  let genesis: Header
  let head: UInt64
  /// What blocks may use from now on; nil where they go on as the first.
  let gasLimit: UInt64?
  /// Nil where the chain is in memory.
  let folder: String?
  let host: String
  let port: UInt16

  var text: String {
    var text = "needletail \(Tool.version)\n\nAvailable Accounts\n==================\n\n"
    for (index, account) in accounts.enumerated() {
      text += "(\(index)) \(account.address.checksummed)\n"
    }
    text += "\nPrivate Keys\n==================\n\n"
    for (index, account) in accounts.enumerated() {
      text += "(\(index)) \(Hash256(account.privateKey).hex)\n"
    }
    let fork = rules.fork(block: genesis.number, timestamp: genesis.timestamp)
    text += """

      Wallet
      ==================
      Mnemonic:          \(mnemonic)
      Derivation path:   m/44'/60'/0'/0/

      Chain
      ==================
      Chain ID:          \(rules.chainID)
      Fork:              \(fork.name)
      Gas Limit:         \(gasLimit ?? genesis.gasLimit)
      Genesis:           \(genesis.timestamp)
      Head:              block \(head)
      Store:             \(folder ?? "in memory")


      """
    if !accounts.isEmpty && !isLoopback {
      text +=
        "warning: listening on \(host), where others can send from the accounts above without a key\n\n"
    }
    return text + "Listening on \(Self.place(host, port))\n"
  }

  /// An address and a port as web addresses have them.
  static func place(_ host: String, _ port: UInt16) -> String {
    "\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }

  private var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }
}
