// Where batches end.

import Testing

@testable import Execution

@Suite struct BatchBoundTests {
  @Test func aBatchHoldsOneTransactionWhereMoreWereWrong() {
    let transfer = TransactionWeight(gasLimit: 210_000, hasData: false)
    let call = TransactionWeight(gasLimit: 100_000, hasData: true)
    #expect(BatchBound.size(calls: 1, of: 50) { _ in transfer } == 1)
    #expect(BatchBound.size(calls: 1, of: 50) { _ in call } == 1)
    #expect(BatchBound.size(calls: 4, of: 50) { _ in transfer } == 16)
    #expect(BatchBound.size(calls: 4, of: 50) { _ in call } == 4)
    #expect(BatchBound.size(calls: 16, of: 50) { _ in call } == 10)
    #expect(BatchBound.size(calls: 64, of: 50) { _ in transfer } == 50)
    let dear = TransactionWeight(gasLimit: .max, hasData: true)
    #expect(BatchBound.size(calls: 64, of: 50) { _ in dear } == 1)
    #expect(BatchBound.size(calls: 64, of: 50) { $0 == 0 ? dear : transfer } == 1)
  }
}
