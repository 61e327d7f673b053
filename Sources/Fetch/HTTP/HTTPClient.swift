// Posting to an HTTP server: the one file that talks to libcurl.

internal import CCurl

/// An answer that came whole, whatever its status.
package struct HTTPResponse {
  /// The status, such as 200.
  package let status: Int
  /// The body, decompressed.
  package let body: [UInt8]
  /// After how many seconds the server wants to be asked again; zero when it does not say.
  package let retryAfter: Int
}

/// Why no answer came.
package enum HTTPError: Error, Equatable, CustomStringConvertible {
  /// The connection could not be made or broke off; the reason in libcurl's words.
  case network(String)
  /// Nothing, or not all, came in time; in libcurl's words.
  case timeout(String)
  /// The body has more bytes than allowed.
  case tooLarge(limit: Int)
  /// libcurl does not take what it is given; in its words.
  case refused(String)

  /// Why, for people.
  package var description: String {
    switch self {
    case .network(let words), .refused(let words): words
    case .timeout(let words): "no answer in time: \(words)"
    case .tooLarge(let limit): "an answer of more than \(limit) bytes"
    }
  }
}

/// A connection to one URL, kept open from request to request. Only http and https are spoken, and
/// redirects are not followed.
package final class HTTPClient {
  private let handle: UnsafeMutableRawPointer
  private var headers: UnsafeMutablePointer<curl_slist>?
  private let sink = Sink()
  private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  /// Where a body is collected.
  private final class Sink {
    var limit = 0
    var body: [UInt8] = []
    var isOverfull = false

    func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
      guard bytes.count <= limit - body.count else {
        isOverfull = true
        return 0
      }
      body.append(contentsOf: bytes)
      return bytes.count
    }
  }

  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// A client of `url` that sends these header lines and waits `timeout` seconds for a whole answer.
  package init(url: String, headers lines: [String], timeout: Int) throws(HTTPError) {
    guard Self.isReady, let handle = curl_easy_init() else {
      throw .refused("libcurl does not start")
    }
    self.handle = handle
    words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    try check(nt_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, words))
    try set(headers: lines)
    try set(CURLOPT_URL, url)
    try set(CURLOPT_PROTOCOLS_STR, "http,https")
    try set(CURLOPT_USERAGENT, "needletail")
    // Every compression that libcurl knows; the limit counts what comes out.
    try set(CURLOPT_ACCEPT_ENCODING, "")
    try check(nt_curl_set_long(handle, CURLOPT_NOSIGNAL, 1))
    try check(nt_curl_set_long(handle, CURLOPT_TIMEOUT, timeout))
    try check(nt_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, min(timeout, 15)))
    let write: curl_write_callback = { bytes, size, count, context in
      guard let context else { return 0 }
      let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
      return sink.receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    try check(nt_curl_set_write(handle, write, Unmanaged.passUnretained(sink).toOpaque()))
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headers)
    words.deallocate()
  }

  /// Posts `body` and waits for an answer of up to `limit` bytes.
  package func post(_ body: [UInt8], limit: Int) throws(HTTPError) -> HTTPResponse {
    sink.limit = limit
    sink.body = []
    sink.isOverfull = false
    words[0] = 0
    try check(nt_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.count))
    let code = body.withUnsafeBytes { bytes in
      let code = nt_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
      return code == CURLE_OK ? curl_easy_perform(handle) : code
    }
    try check(code)
    var status = 0
    var retryAfter: curl_off_t = 0
    try check(nt_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status))
    try check(nt_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &retryAfter))
    return HTTPResponse(status: status, body: sink.body, retryAfter: Int(retryAfter))
  }

  /// Sends these header lines from now on.
  func set(headers lines: [String]) throws(HTTPError) {
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines {
      guard let longer = curl_slist_append(list, line) else {
        curl_slist_free_all(list)
        throw .refused("out of memory")
      }
      list = longer
    }
    let former = headers
    headers = list
    defer { curl_slist_free_all(former) }
    try check(nt_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
  }

  private func set(_ option: CURLoption, _ text: String) throws(HTTPError) {
    // libcurl keeps a copy of a string.
    try check(text.withCString { nt_curl_set_pointer(handle, option, $0) })
  }

  private func check(_ code: CURLcode) throws(HTTPError) {
    if code == CURLE_OK { return }
    if sink.isOverfull { throw .tooLarge(limit: sink.limit) }
    let said = String(cString: words)
    let reason = said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
    switch code {
    case CURLE_OPERATION_TIMEDOUT: throw .timeout(reason)
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_UNKNOWN_OPTION,
      CURLE_BAD_FUNCTION_ARGUMENT, CURLE_OUT_OF_MEMORY:
      throw .refused(reason)
    default: throw .network(reason)
    }
  }
}
