// engine_ methods: what a consensus client asks of the execution client under it.

internal import Chain
internal import JSON
internal import Ledger
internal import Primitives
internal import Storage

/// The Engine API, from Paris to Osaka.
struct EngineMethods: Sendable {
  let chain: ConsensusChain
  let builder: PayloadBuilder
  let finality: Finality
  let blobs: BlobSource
  let progress: SyncProgress
  let diary: EngineDiary
  let clientVersion: String
  /// Whoever names a head waits for those who did so before.
  let line = ArrivalLine()
  /// Told of each change of the head.
  let onHead: @Sendable (ConsensusChain.HeadChange) -> Void

  var methods: [String: RPCMethod] {
    var methods: [String: RPCMethod] = [
      "engine_getPayloadBodiesByHashV1": { (parameters, writer) throws(RPCError) in
        try getBodiesByHash(parameters, to: &writer)
      },
      "engine_getPayloadBodiesByRangeV1": { (parameters, writer) throws(RPCError) in
        try getBodiesByRange(parameters, to: &writer)
      },
      "engine_getClientVersionV1": { (parameters, writer) throws(RPCError) in
        try parameters.expect(atMost: 1)
        try writeClientVersion(parameters, to: &writer)
      },
    ]
    for version in 1...NewPayload.latestVersion {
      let method: RPCMethod = { (parameters, writer) throws(RPCError) in
        try newPayload(parameters, version: version).write(to: &writer)
      }
      methods["engine_newPayloadV\(version)"] = method
    }
    for version in 1...3 {
      let method: RPCMethod = { (parameters, writer) throws(RPCError) in
        try updateForkchoice(parameters, version: version, to: &writer)
      }
      methods["engine_forkchoiceUpdatedV\(version)"] = method
    }
    for version in 1...5 {
      let method: RPCMethod = { (parameters, writer) throws(RPCError) in
        try getPayload(parameters, version: version, to: &writer)
      }
      methods["engine_getPayloadV\(version)"] = method
    }
    for version in 1...3 {
      let method: RPCMethod = { (parameters, writer) throws(RPCError) in
        try getBlobs(parameters, version: version, to: &writer)
      }
      methods["engine_getBlobsV\(version)"] = method
    }
    let names = methods.keys.sorted()
    let exchange: RPCMethod = { (parameters, writer) throws(RPCError) in
      try parameters.expect(atMost: 1)
      _ = try parameters.required(0) { (value) throws(RPCError) in
        try value.rpcList { (value) throws(RPCError) in try value.rpcText() }
      }
      writer.array { list in for name in names { list.value(name) } }
    }
    methods["engine_exchangeCapabilities"] = exchange
    return Dictionary(uniqueKeysWithValues: methods.map { ($0, telling($0, $1)) })
  }

  /// The method, with a word to the operator where it cannot do what is asked.
  private func telling(_ name: String, _ method: @escaping RPCMethod) -> RPCMethod {
    { [diary] (parameters, writer) throws(RPCError) in
      do throws(RPCError) {
        try method(parameters, &writer)
      } catch {
        if error.isInternal { diary.note(.failed(method: name, reason: error.message)) }
        throw error
      }
    }
  }

  // MARK: - Payloads of others

  private func newPayload(
    _ parameters: RPCParameters, version: Int
  ) throws(RPCError) -> PayloadStatus {
    try parameters.expect(atMost: version < 3 ? 1 : version)
    let call = NewPayload(
      version: version,
      payload: try parameters.required(0) { (value) throws(RPCError) in
        try ExecutionPayload(rpc: value)
      },
      versionedHashes: try parameters.optional(1) { (value) throws(RPCError) in
        try value.rpcHashes()
      },
      parentBeaconBlockRoot: try parameters.optional(2) { (value) throws(RPCError) in
        try value.rpcHash()
      },
      requests: try parameters.optional(3) { (value) throws(RPCError) in
        try value.rpcList { (value) throws(RPCError) in try value.rpcData() }
      })
    let block: Block
    do throws(InvalidPayload) {
      block = try call.block(rules: chain.rules)
    } catch {
      switch error {
      case .invalidParameters(let reason): throw .invalidParameters(reason)
      case .unsupportedFork: throw .unsupportedFork("\(error)")
      default:
        noteRefused(call, "\(error)")
        return PayloadStatus(word: .invalid, problem: "\(error)")
      }
    }
    do throws(PipelineError) {
      switch try chain.add(block) {
      case .valid: return .valid(call.payload.blockHash)
      case .invalid(let reason):
        noteRefused(call, reason.problem)
        return .invalid(reason)
      case .unknownParent:
        progress.note(orphan: block.header.number)
        return .syncing
      case .notExecuted: return PayloadStatus(word: .accepted)
      }
    } catch {
      throw RPCError(error)
    }
  }

  private func noteRefused(_ call: NewPayload, _ reason: String) {
    let payload = call.payload
    let block = BlockIdentity(number: payload.header.number, hash: payload.blockHash)
    diary.note(.refused(block, reason: reason))
  }

  // MARK: - Payloads of ours

  private func getPayload(
    _ parameters: RPCParameters, version: Int, to writer: inout JSONWriter
  ) throws(RPCError) {
    try parameters.expect(atMost: 1)
    let id = try parameters.required(0) { (value) throws(RPCError) in
      let id = try value.rpcData()
      guard id.count == 8 else { throw .invalidParameters("invalid payload id \(id.count) bytes") }
      return id
    }
    let payload = try builder.payload(id)
    let fork = chain.rules.fork(block: payload.header.number, timestamp: payload.header.timestamp)
    let isServed =
      switch version {
      case 1: fork < .shanghai
      case 2: fork < .cancun
      case 3: fork == .cancun
      case 4: fork == .prague
      default: fork >= .osaka
      }
    if !isServed { throw .unsupportedFork("getPayloadV\(version) does not serve \(fork)") }
    if version == 1 { return writer.object { payload.write(to: &$0) } }
    try writer.object { (object) throws(RPCError) in
      object.key("executionPayload")
      object.object { payload.write(to: &$0) }
      object.member("blockValue", quantity: try payload.value())
      if version < 3 { return }
      payload.writeBundle(to: &object)
      object.member("shouldOverrideBuilder", false)
      if version < 4 { return }
      object.key("executionRequests")
      object.array { list in for request in payload.requests { list.value(data: request) } }
    }
  }

  // MARK: - Bodies

  /// How many bodies may be asked for at a time.
  private static let bodyLimit = 1024

  private func getBodiesByHash(
    _ parameters: RPCParameters, to writer: inout JSONWriter
  ) throws(RPCError) {
    try parameters.expect(atMost: 1)
    let hashes = try parameters.required(0) { (value) throws(RPCError) in try value.rpcHashes() }
    if hashes.count > Self.bodyLimit { throw .tooLargeRequest(hashes.count, limit: Self.bodyLimit) }
    try writer.array { (list) throws(RPCError) in
      for hash in hashes {
        do throws(PipelineError) {
          write(try chain.body(of: hash), to: &list)
        } catch {
          throw RPCError(error)
        }
      }
    }
  }

  private func getBodiesByRange(
    _ parameters: RPCParameters, to writer: inout JSONWriter
  ) throws(RPCError) {
    try parameters.expect(atMost: 2)
    let (start, count) = (try parameters.quantity(0), try parameters.quantity(1))
    if start == 0 || count == 0 {
      throw .invalidParameters("invalid start or count, start: \(start) count: \(count)")
    }
    if count > UInt64(Self.bodyLimit) {
      throw .tooLargeRequest(Int(clamping: count), limit: Self.bodyLimit)
    }
    let head = chain.store.head.number
    try writer.array { (list) throws(RPCError) in
      var number = start
      while number <= head, number - start < count {
        do throws(StoreError) {
          write(try chain.store.body(number), to: &list)
        } catch {
          throw .failed("\(error)")
        }
        number += 1
      }
    }
  }

  private func write(_ body: StoredBody?, to list: inout JSONWriter) {
    guard let body else { return list.null() }
    list.object { body.write(to: &$0, withdrawalsInAnyCase: true) }
  }

  // MARK: - The client

  private func writeClientVersion(
    _ parameters: RPCParameters, to writer: inout JSONWriter
  ) throws(RPCError) {
    try parameters.required(0) { (value) throws(RPCError) in
      for name in ["code", "name", "version", "commit"] {
        _ = try value.rpcRequired(name) { (value) throws(RPCError) in try value.rpcText() }
      }
    }
    writer.array { list in
      list.object { object in
        object.member("code", "NT")
        object.member("name", "needletail")
        object.member("version", clientVersion)
        // The binary does not know what it was built from.
        object.member("commit", "0x00000000")
      }
    }
  }
}
