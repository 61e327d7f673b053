// Asking the Engine API of a client.

public import Fixtures

/// A connection to a client's authenticated port.
public final class EngineConnection: EngineTransport {
  /// The most bytes of an answer.
  private static let limit = 256 << 20
  /// Seconds that an answer may take.
  private static let patience = 300

  private let client: HTTPClient

  /// A connection to `url`.
  public init(_ url: String) throws(EngineTransportError) {
    do throws(HTTPError) {
      client = try HTTPClient(
        url: url, headers: ["Content-Type: application/json"], timeout: Self.patience)
    } catch {
      throw EngineTransportError("\(error)")
    }
  }

  /// Posts JSON with a token; status and body of the answer.
  public func post(
    _ body: [UInt8], token: String
  ) throws(EngineTransportError) -> (status: Int, body: [UInt8]) {
    do throws(HTTPError) {
      try client.set(
        headers: [
          "Content-Type: application/json", "Authorization: Bearer \(token)", "Expect:",
        ])
      let answer = try client.post(body, limit: Self.limit)
      return (answer.status, answer.body)
    } catch {
      throw EngineTransportError("\(error)")
    }
  }
}
