// eth_ methods that tell all of an account at once.

internal import Crypto
internal import JSON
internal import Ledger
internal import Primitives
internal import State
internal import Storage

/// Methods about whole accounts.
struct EthAccounts {
  let chain: ChainReader

  var methods: [String: RPCMethod] {
    [
      "eth_getAccount": { (parameters, writer) throws(RPCError) in
        let address = try parameters.address(0)
        let view = try chain.view(at: try parameters.block(1))
        let edits = chain.edits.edits(at: view.block.hash).diff
        let tries = try chain.reading { () throws(StoreError) in try view.tries() }
        let (account, root) = try chain.readingState { () throws(StateReadError) in
          // What was set by hand is in no trie before the next block.
          if !edits.isEmpty { _ = try tries.apply(edits, run: StateTries.alone) }
          return (
            try EditedState(view, edits: edits).account(address) ?? Account(),
            try tries.storageRoot(ofAccountWithHash: Keccak256.hash(address))
          )
        }
        writer.object { object in
          object.member("nonce", quantity: account.nonce)
          object.member("balance", quantity: account.balance)
          object.member("storageRoot", root)
          object.member("codeHash", account.codeHash)
        }
      },
      "eth_getAccountInfo": { (parameters, writer) throws(RPCError) in
        let address = try parameters.address(0)
        let state = try chain.state(at: try parameters.block(1))
        let (account, code) = try chain.readingState { () throws(StateReadError) in
          let account = try state.account(address) ?? Account()
          return (account, account.hasCode ? try state.code(account.codeHash).bytes : [])
        }
        writer.object { object in
          object.member("balance", quantity: account.balance)
          object.member("nonce", quantity: account.nonce)
          object.member("code", data: code)
        }
      },
    ]
  }
}
