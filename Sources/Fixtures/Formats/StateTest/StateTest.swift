// What the cases of one state test have in common.

internal import Chain
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import State

/// A state test of many cases. What they share is read once, when the first of them asks.
final class StateTest {
  /// Block and rules of one fork.
  struct Setting {
    let rules: TransactionRules
    let environment: BlockEnvironment
  }

  let name: String
  let value: JSONValue
  /// The file it stands in.
  let path: String
  private var accounts: [AccountAllocation]?
  private var settings: [String: Setting] = [:]

  init(name: String, value: JSONValue, path: String) {
    self.name = name
    self.value = value
    self.path = path
  }

  /// The accounts before the transaction.
  func allocations() throws(JSONError) -> [AccountAllocation] {
    if let accounts { return accounts }
    let read = try value.field("pre").allocations()
    accounts = read
    return read
  }

  /// Block and rules in the cases of `fork`, which the test calls `name`.
  func setting(_ fork: Fork, name: String) throws(JSONError) -> Setting {
    if let setting = settings[name] { return setting }
    let rules = try TransactionRules(stateTest: value, fork: fork, forkName: name)
    let setting = Setting(
      rules: rules,
      environment: try BlockEnvironment(stateTest: try value.field("env"), rules: rules))
    settings[name] = setting
    return setting
  }
}
