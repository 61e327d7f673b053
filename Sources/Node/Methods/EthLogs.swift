// eth_getLogs.

internal import JSON
internal import Ledger
internal import Primitives
internal import Storage

/// Which logs a request wants.
struct LogFilter {
  /// As many addresses a filter may have, as in geth.
  static let addressLimit = 1000
  /// As many topics a place of a filter may have, as in geth.
  static let topicLimit = 1000

  /// The contracts whose logs are wanted; all where there is none.
  let addresses: [Address]
  /// The topics that may stand at each place; any where there is none.
  let topics: [[Hash256]]
  /// What is asked of the blooms of blocks.
  let blooms: BloomQuery

  init(addresses: [Address] = [], topics: [[Hash256]] = []) {
    self.addresses = addresses
    self.topics = topics
    blooms = BloomQuery(addresses: addresses, topics: topics)
  }

  init(_ object: JSONValue) throws(RPCError) {
    let addresses = try object.rpcMember("address") { (value) throws(RPCError) -> [Address] in
      value.kind == .array
        ? try value.rpcList(atMost: Self.addressLimit) { (value) throws(RPCError) in
          try value.rpcAddress()
        } : [try value.rpcAddress()]
    }
    let topics = try object.rpcMember("topics") { (places) throws(RPCError) -> [[Hash256]] in
      try places.rpcList(atMost: 4) { (place) throws(RPCError) -> [Hash256] in
        switch place.kind {
        case .null: []
        case .array: try Self.alternatives(place)
        default: [try place.rpcHash()]
        }
      }
    }
    self.init(addresses: addresses ?? [], topics: topics ?? [])
  }

  /// The topics that may stand at a place. As in geth, null among them lets any stand there, and what comes behind it is
  /// not looked at.
  private static func alternatives(_ place: JSONValue) throws(RPCError) -> [Hash256] {
    var isAny = false
    let topics = try place.rpcList(atMost: topicLimit) { (value) throws(RPCError) in
      isAny = isAny || value.kind == .null
      return isAny ? .zero : try value.rpcHash()
    }
    return isAny ? [] : topics
  }

  /// Whether it wants this log.
  func matches(_ log: Log) -> Bool {
    guard addresses.isEmpty || addresses.contains(log.address), topics.count <= log.topics.count
    else { return false }
    return zip(topics, log.topics).allSatisfy { $0.isEmpty || $0.contains($1) }
  }
}

/// Methods about logs.
struct EthLogs {
  /// What one request may take.
  struct Limits {
    /// The most logs of an answer.
    var logs = 20_000
    /// The most bytes that these may have said.
    var bytes = 64 << 20
    /// How long it may look for them.
    var time = Duration.seconds(10)
  }

  let chain: ChainReader
  var limits = Limits()

  var methods: [String: RPCMethod] {
    [
      "eth_getLogs": { (parameters, writer) throws(RPCError) in
        guard let object = parameters.optional(0), object.kind == .object else {
          throw .invalidParameters("missing value for required argument 0")
        }
        let filter = try LogFilter(object)
        let range = try LogRange(object)
        try writer.array { (list) throws(RPCError) in
          try forEachLog(in: range, filter) { log in list.object { log.write(to: &$0) } }
        }
      }
    ]
  }

  /// Calls `body` with each log of these blocks that is wanted, in order.
  func forEachLog(
    in range: LogRange, _ filter: LogFilter, _ body: (PlacedLog) -> Void
  ) throws(RPCError) {
    guard let hash = range.hash else {
      return try forEachLog(in: try range.numbers(in: chain), filter, body)
    }
    guard let block = try chain.block(.hash(hash)) else { throw .failed("unknown block") }
    guard filter.blooms.mayMatch(block.header.logsBloom) else { return }
    for log in try chain.logs(of: block, filter.matches) { body(log) }
  }

  private func forEachLog(
    in numbers: ClosedRange<UInt64>, _ filter: LogFilter, _ body: (PlacedLog) -> Void
  ) throws(RPCError) {
    let deadline = ContinuousClock.now.advanced(by: limits.time)
    var (count, bytes) = (0, 0)
    try forEachBlock(in: numbers, filter, until: deadline) { (number) throws(RPCError) in
      let found = try chain.logs(of: number, filter)
      count += found.count
      for log in found { bytes += log.log.data.count }
      // Those of one block can be had in any case.
      if number > numbers.lowerBound, count > limits.logs || bytes > limits.bytes {
        let much = count > limits.logs ? "\(limits.logs) results" : "\(limits.bytes) bytes"
        throw .limitExceeded(
          "query returned more than \(much); ask for blocks "
            + "\(numbers.lowerBound) to \(number - 1) first")
      }
      for log in found { body(log) }
    }
  }

  /// Calls `body` with the number of each block that may have such logs, in order. Throws in the end where the chain
  /// has gone to another branch meanwhile: what was found is of neither.
  private func forEachBlock(
    in numbers: ClosedRange<UInt64>, _ filter: LogFilter, until deadline: ContinuousClock.Instant,
    _ body: (UInt64) throws(RPCError) -> Void
  ) throws(RPCError) {
    func checkTime() throws(RPCError) {
      if ContinuousClock.now <= deadline { return }
      throw .limitExceeded(
        "query took more than \(limits.time); ask for fewer blocks than "
          + "\(numbers.lowerBound) to \(numbers.upperBound)")
    }
    let last = try hash(ofBlock: numbers.upperBound)
    var rest: ClosedRange<UInt64>? = numbers
    while let range = rest {
      try checkTime()
      let (found, next) = try chain.reading { () throws(StoreError) in
        try chain.store.blocks(at: range, matching: filter.blooms) {
          ContinuousClock.now > deadline
        }
      }
      for number in found {
        try checkTime()
        try body(number)
      }
      rest = next.map { $0...numbers.upperBound }
    }
    if try hash(ofBlock: numbers.upperBound) != last {
      throw .failed("the chain went to another branch meanwhile; ask again")
    }
  }

  private func hash(ofBlock number: UInt64) throws(RPCError) -> Hash256? {
    try chain.reading { () throws(StoreError) in try chain.store.hash(ofBlock: number) }
  }

  /// Calls `body` with the logs of blocks that came and went, in order, as long as one request may take, but with
  /// those of one block at least; how many of the entries were gone through. Of a block that did both nothing is told.
  func forEachLog(
    in entries: some Sequence<BlockJournal.Entry>, _ filter: LogFilter, _ range: LogRange,
    _ body: (_ log: PlacedLog, _ isRemoved: Bool) -> Void
  ) throws(RPCError) -> Int {
    let deadline = ContinuousClock.now.advanced(by: limits.time)
    var (count, place) = (0, 0)
    var untold: Set<Hash256> = []
    for entry in entries {
      var found: [PlacedLog] = []
      if range.mayContain(entry.block.number) {
        if entry.isRemoval {
          let isTold = untold.remove(entry.block.hash) == nil
          found = isTold ? entry.logs.filter { filter.matches($0.log) } : []
        } else if let logs = try logs(ofBlock: entry.block.hash, filter) {
          found = logs
        } else {
          untold.insert(entry.block.hash)
        }
      }
      if count > 0, count + found.count > limits.logs { break }
      for log in found { body(log, entry.isRemoval) }
      count += found.count
      place += 1
      if place % 256 == 0, ContinuousClock.now > deadline { break }
    }
    return place
  }

  /// The logs of a block that are wanted; nil where it is in the chain no more.
  private func logs(
    ofBlock hash: Hash256, _ filter: LogFilter
  ) throws(RPCError) -> [PlacedLog]? {
    guard let block = try chain.block(.hash(hash)) else { return nil }
    if !filter.blooms.mayMatch(block.header.logsBloom) { return [] }
    // One that leaves the chain at this moment is told of as removed next time.
    return (try? chain.logs(of: block, filter.matches)) ?? []
  }
}
