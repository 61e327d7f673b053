// engine_forkchoiceUpdated: the head, and what is safe and final.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives
internal import Storage

/// The blocks that the consensus layer names; zero where it has none yet.
private struct ForkchoiceState {
  let head: Hash256
  let safe: Hash256
  let finalized: Hash256

  init(_ value: JSONValue) throws(RPCError) {
    head = try value.rpcRequiredHash("headBlockHash")
    safe = try value.rpcRequiredHash("safeBlockHash")
    finalized = try value.rpcRequiredHash("finalizedBlockHash")
  }
}

extension EngineMethods {
  func updateForkchoice(
    _ parameters: RPCParameters, version: Int, to writer: inout JSONWriter
  ) throws(RPCError) {
    try parameters.expect(atMost: 2)
    let wanted = try parameters.required(0) { (value) throws(RPCError) in
      try ForkchoiceState(value)
    }
    let attributes = try parameters.optional(1) { (value) throws(RPCError) in
      guard value.kind == .object else {
        throw .invalidParameters("payload attributes are an object")
      }
      return value
    }
    let (status, id) = try line.serve { () throws(RPCError) in
      try update(wanted, attributes, version: version)
    }
    write(status, payload: id, to: &writer)
  }

  private func update(
    _ wanted: ForkchoiceState, _ attributes: JSONValue?, version: Int
  ) throws(RPCError) -> (PayloadStatus, payload: [UInt8]?) {
    let (status, head) = try pipelined { () throws(PipelineError) in
      try (self.status(of: wanted.head), chain.header(of: wanted.head))
    }
    if status.word == .syncing {
      progress.begin(at: chain.store.head.number)
      diary.note(.unknownHead(wanted.head))
    }
    guard status.word == .valid, let head else { return (status, nil) }
    let block = BlockIdentity(number: head.number, hash: wanted.head)
    try checkAncestors(wanted)
    progress.end()
    diary.noteKnownHead(block)
    // What is final stays: a head before it is passed over, as the specification lets a client do.
    let finalized = finality.blocks.finalized
    let isPassedOver = try pipelined { () throws(PipelineError) in
      try chain.lies(wanted.head, before: finalized)
    }
    if isPassedOver {
      diary.note(.keptFinal(asked: block))
      return (status, nil)
    }
    let wasBehind = try setHead(wanted, block)
    guard let attributes else { return (status, nil) }
    // What the attributes lack changes nothing about the head.
    let read = try PayloadAttributes(attributes)
    try read.check(version: version, after: head, rules: chain.rules)
    if wasBehind { return (status, nil) }
    return (status, builder.begin(read, version: version, on: (wanted.head, head)))
  }

  private func status(of hash: Hash256) throws(PipelineError) -> PayloadStatus {
    if hash == .zero { return PayloadStatus(word: .invalid) }
    switch try chain.verdict(onHead: hash) {
    case .valid: return .valid(hash)
    case .invalid(let reason): return .invalid(reason)
    case .unknownParent, .notExecuted: return .syncing
    }
  }

  private func checkAncestors(_ wanted: ForkchoiceState) throws(RPCError) {
    for (name, hash) in [("final", wanted.finalized), ("safe", wanted.safe)] where hash != .zero {
      let isThere = try pipelined { () throws(PipelineError) in
        try chain.isAncestor(hash, of: wanted.head)
      }
      if !isThere { throw .invalidForkchoice("\(name) block not in canonical chain") }
    }
  }

  /// Moves the head; whether it went back to a block before it, where no payload is built.
  private func setHead(
    _ wanted: ForkchoiceState, _ block: BlockIdentity
  ) throws(RPCError) -> Bool {
    let former = finality.blocks
    let safe = try named(wanted.safe, or: former.safe, of: wanted.head)
    let finalized = try named(wanted.finalized, or: former.finalized, of: wanted.head)
    let change = try pipelined { () throws(PipelineError) in try chain.setHead(wanted.head) }
    guard let change else {
      diary.note(.tooDeep(wanted.head))
      throw .tooDeepReorganisation
    }
    do throws(StoreError) {
      try finality.set(safe: safe, finalized: finalized)
    } catch {
      diary.note(.finalityNotKept(reason: "\(error)"))
    }
    let (added, dropped) = (change.added.count, change.dropped.count)
    if dropped > 0 {
      diary.note(
        added > 0
          ? .reorganised(to: block, dropped: dropped, added: added)
          : .wentBack(to: block, dropped: dropped))
    }
    if added > 0 || dropped > 0 {
      onHead(change)
      try pipelined { () throws(PipelineError) in try chain.tidy() }
    }
    return added == 0 && dropped > 0
  }

  /// The block that is named; where none is, the former one stays, as in geth, unless `head` is of another
  /// chain.
  private func named(
    _ hash: Hash256, or former: Hash256, of head: Hash256
  ) throws(RPCError) -> Hash256 {
    if hash != .zero || former == .zero { return hash }
    let isThere = try pipelined { () throws(PipelineError) in
      try chain.isAncestor(former, of: head)
    }
    return isThere ? former : .zero
  }

  func pipelined<Value>(
    _ body: () throws(PipelineError) -> Value
  ) throws(RPCError) -> Value {
    do throws(PipelineError) {
      return try body()
    } catch {
      throw RPCError(error)
    }
  }

  private func write(_ status: PayloadStatus, payload id: [UInt8]?, to writer: inout JSONWriter) {
    writer.object { object in
      object.key("payloadStatus")
      status.write(to: &object)
      object.key("payloadId")
      if let id { object.value(data: id) } else { object.null() }
    }
  }
}
