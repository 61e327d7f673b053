// What users may ask for: URLs, headers, numbers of blocks; and how patient a request is.

import Testing

@testable import Fetch

@Suite struct FetchSettingsTests {
  @Test(arguments: [
    ("http://localhost:8545", "http://localhost:8545"),
    ("http://localhost:8545/", "http://localhost:8545"),
    ("https://node.example/v3/SECRET", "https://node.example/…"),
    ("https://node.example?key=SECRET", "https://node.example/…"),
    ("https://user:SECRET@node.example:1/", "https://node.example:1"),
    ("HTTP://[::1]:8545", "http://[::1]:8545"),
  ])
  func keysInAURLAreNotNamed(_ url: String, _ name: String) throws {
    #expect(try #require(NodeAddress(url: url)).name == name)
  }

  @Test(arguments: [
    "", "localhost:8545", "ftp://host/", "file:///etc/passwd", "http://", "http:///x",
    "http://user@", "http://:80", "http://a b", "http://a\nb", "gopher://x",
  ])
  func otherURLsAreRefused(_ url: String) {
    #expect(NodeAddress(url: url) == nil)
  }

  @Test func headersAreALineEach() {
    #expect(NodeAddress.isHeader("X-Key: value") && NodeAddress.isHeader("a:b"))
    for line in ["", "X-Key", ": x", "X-Key:", "X Key: v", "X: a\r\nY: b", "X: \u{7f}"] {
      #expect(!NodeAddress.isHeader(line), "\(line)")
    }
  }

  @Test func blocksAreNumbersAndRanges() throws {
    #expect(BlockNumbers("7")?.numbers == [7])
    #expect(BlockNumbers("9,0x10,3-5,4")?.numbers == [9, 16, 3, 4, 5])
    #expect(BlockNumbers("18446744073709551615")?.numbers == [.max])
    #expect(BlockNumbers("0-99999")?.numbers.count == 100_000)
  }

  @Test(arguments: [
    "", ",", "1,", "-1", "1-", "5-4", "1-2-3", "x", "0x", "0x-1", "+1", "1 2", "latest",
    "18446744073709551616", "0-100000", "0-18446744073709551615", "0-99999,100000",
  ])
  func otherTextIsNoNumber(_ text: String) {
    #expect(BlockNumbers(text) == nil)
  }

  @Test func delaysDoubleUpToALimit() {
    let policy = RetryPolicy(attempts: 9, firstDelay: 1, longestDelay: 8, longestWish: 60)
    #expect((1...6).map { policy.delay(after: $0, wish: 0) } == [1, 2, 4, 8, 8, 8])
    #expect(policy.delay(after: 1, wish: 30) == 30 && policy.delay(after: 1, wish: 999) == 60)
    #expect(policy.delay(after: 1, wish: -5) == 1)
  }
}
