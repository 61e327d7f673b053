// Building blocks for the consensus layer.

internal import Chain
internal import Execution
internal import Ledger
internal import Primitives
internal import Synchronization

/// Builds blocks of what waits in the pool, beside the chain. Any thread may call it.
final class PayloadBuilder: Sendable {
  /// Where transactions come from.
  struct Candidates: Sendable {
    /// What may stand in a block behind this header at this time, with its blobs, the best first.
    let transactions:
      @Sendable (_ parent: Header, _ timestamp: UInt64, _ gasLimit: UInt64) -> [PooledTransaction]
    /// Another number as soon as something else waits.
    let version: @Sendable () -> UInt64
  }

  /// How many payloads are remembered, as in geth.
  private static let limit = 10

  private final class Job: Sendable {
    let id: [UInt8]
    let parent: (hash: Hash256, header: Header)
    let attributes: PayloadAttributes
    let best = Mutex<Best>(Best())

    init(_ id: [UInt8], on parent: (Hash256, Header), _ attributes: PayloadAttributes) {
      self.id = id
      self.parent = parent
      self.attributes = attributes
    }
  }

  private struct Best {
    var payload: BuiltPayload?
    /// What waited when it was built.
    var version: UInt64 = 0
  }

  private let chain: ConsensusChain
  private let candidates: Candidates
  private let gasLimit: UInt64
  private let jobs = Mutex<[Job]>([])

  init(chain: ConsensusChain, candidates: Candidates, gasLimit: UInt64) {
    self.chain = chain
    self.candidates = candidates
    self.gasLimit = gasLimit
  }

  /// Begins to build a block behind `parent`; the identifier under which it is asked for.
  func begin(
    _ attributes: PayloadAttributes, version: Int, on parent: (Hash256, Header)
  ) -> [UInt8] {
    let id = attributes.identifier(version: version, parent: parent.0)
    let job = jobs.withLock { jobs -> Job? in
      if jobs.contains(where: { $0.id == id }) { return nil }
      let job = Job(id, on: parent, attributes)
      jobs.append(job)
      if jobs.count > Self.limit { jobs.removeFirst() }
      return job
    }
    guard let job else { return id }
    // What fails here is told to who asks for the block.
    _ = DeepThread.start { [self] in _ = try? payload(of: job, isFirst: true) }
    return id
  }

  /// The best block for an identifier so far; throws where there is none of that name.
  func payload(_ id: [UInt8]) throws(RPCError) -> BuiltPayload {
    guard let job = jobs.withLock({ $0.first { $0.id == id } }) else { throw .unknownPayload }
    return try payload(of: job, isFirst: false)
  }

  private func payload(of job: Job, isFirst: Bool) throws(RPCError) -> BuiltPayload {
    try job.best.withLock { (best) throws(RPCError) in
      let version = candidates.version()
      if let payload = best.payload, best.version == version || isFirst { return payload }
      do throws(RPCError) {
        let payload = try build(job)
        best = Best(payload: payload, version: version)
        return payload
      } catch {
        // The one before still holds.
        if let payload = best.payload { return payload }
        throw error
      }
    }
  }

  private func build(_ job: Job) throws(RPCError) -> BuiltPayload {
    let (hash, parent) = job.parent
    let gasLimit = parent.gasLimit(towards: gasLimit)
    var draft = job.attributes.draft(gasLimit: gasLimit)
    let chosen = candidates.transactions(parent, job.attributes.timestamp, gasLimit)
    draft.take(chosen)
    let built: BuiltPayload?
    do throws(PipelineError) {
      built = try chain.build(draft, on: hash)
    } catch {
      throw RPCError(error)
    }
    guard var built else { throw .unknownPayload }
    try built.takeBlobs(of: chosen)
    return built
  }
}
