// Requests of a batch that are answered together.

internal import JSON

/// A method for many requests of a batch at once: the results, each one JSON value, in the order of the requests.
typealias RPCBatchMethod = @Sendable ([RPCParameters]) -> [Result<String, RPCError>]

extension RPCHandler {
  /// The answers to the requests from `place` on that are answered together: as many in a row as name the same
  /// method, where that has a form for batches, else one.
  func answers(
    from place: Int, of requests: [JSONValue], _ session: RPCSession?
  ) -> [String?] {
    guard let name = Self.method(of: requests[place]), let method = batchMethods[name] else {
      return [answer(requests[place], session)]
    }
    let row = requests[place...].prefix { Self.method(of: $0) == name }
    var calls: [RPCParameters] = []
    // Where the parameters of each request stand among the calls, or why it has none.
    let read: [Result<Int, RPCError>] = row.map { request in
      Result { () throws(RPCError) in
        calls.append(RPCParameters(try Self.call(in: request).parameters, from: session))
        return calls.count - 1
      }
    }
    let results = metrics.measure(name, times: calls.count) { method(calls) }
    return zip(row, read).map { request, call in
      answer(request) { (_) throws(RPCError) in try results[try call.get()].get() }
    }
  }

  /// The method that a request names, if it is one that can be answered.
  private static func method(of request: JSONValue) -> String? {
    guard request.kind == .object, id(of: request) != nil,
      let method = try? request.optionalField("method")
    else { return nil }
    return try? method.string()
  }
}
