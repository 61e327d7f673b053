// Methods that give tokens to accounts.

internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State

extension DevelopmentMethods {
  var tokens: [String: RPCMethod] {
    Self.merged(
      Self.named("anvil_dealERC20", "hardhat_dealERC20", "anvil_setERC20Balance") {
        (parameters) throws(RPCError) in
        let (owner, token) = (try parameters.address(0), try parameters.address(1))
        // balanceOf(address)
        let question = TokenQuestion(token, selector: 0x70a0_8231, [owner])
        try set(try parameters.word(2), where: question, "balance")
      },
      Self.named("anvil_setERC20Allowance") { (parameters) throws(RPCError) in
        let (owner, spender) = (try parameters.address(0), try parameters.address(1))
        // allowance(address,address)
        let question = TokenQuestion(
          try parameters.address(2), selector: 0xdd62_ed3e, [owner, spender])
        try set(try parameters.word(3), where: question, "allowance")
      })
  }

  /// Writes a word where a token finds what it answers a question with.
  private func set(
    _ word: UInt256, where question: TokenQuestion, _ what: String
  ) throws(RPCError) {
    guard let slot = try question.slot(by: signing.filling.sending.runner) else {
      throw .failed("Unable to set ERC20 \(what), no slot found")
    }
    try edit(question.token) { $0.storage[slot] = word }
  }
}

/// A function of a token that answers with a word of its storage.
private struct TokenQuestion {
  let token: Address
  private let data: [UInt8]

  /// Two words that nobody would have there by chance.
  private static let probes = [
    UInt256(0x6e65_6564_6c65_7461 as UInt64), UInt256(0x696c_2070_726f_6265 as UInt64),
  ]

  init(_ token: Address, selector: UInt32, _ arguments: [Address]) {
    self.token = token
    data =
      withUnsafeBytes(of: selector.bigEndian) { Array($0) }
      + arguments.flatMap { $0.word.bigEndianBytes }
  }

  /// The slot that the answer stands in: of those that the call reads the one whose word is the answer, whatever it
  /// is. Nil where there is none.
  func slot(by runner: CallRunner) throws(RPCError) -> UInt256? {
    var arguments = CallArguments()
    (arguments.to, arguments.data) = (token, data)
    let scene = try runner.scene(.latest)
    let accessed = try runner.accessList(of: arguments, in: scene)
    for slot in accessed.entries.first(where: { $0.address == token })?.slots ?? [] {
      var isAnswer = true
      for probe in Self.probes where isAnswer {
        isAnswer = try answer(arguments, with: probe, in: slot, scene, runner) == probe
      }
      if isAnswer { return slot }
    }
    return nil
  }

  /// The answer with a word in a slot; nil where there is none.
  private func answer(
    _ arguments: CallArguments, with word: UInt256, in slot: UInt256, _ scene: CallRunner.Scene,
    _ runner: CallRunner
  ) throws(RPCError) -> UInt256? {
    let account = try runner.chain.readingState { () throws(StateReadError) in
      try scene.state.account(token) ?? Account()
    }
    let state = LayeredState(scene.state)
    state.apply(
      StateDiff(
        accounts: [
          AccountChange(
            address: token, account: account, storage: [SlotChange(slot: slot, value: word)])
        ], codes: []))
    var scene = scene
    scene.state = state
    let result = try runner.call(arguments, in: scene)
    guard result.outcome.halt == nil, result.output.count == 32 else { return nil }
    return UInt256(bigEndian: result.output)
  }
}
