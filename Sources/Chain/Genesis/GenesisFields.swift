// The members of a JSON object by name, capitals or not.

internal import JSON

/// The members of an object that are not null. Names differ in their capitals from one genesis file to
/// another (`mixHash` and `mixhash`), because geth does not mind them.
struct GenesisFields {
  private let object: JSONValue
  private var values: [String: JSONValue] = [:]

  /// The members of `object`; refuses two that differ in capitals only.
  init(_ object: JSONValue) throws(JSONError) {
    self.object = object
    for member in try object.members() {
      guard values.updateValue(member.value, forKey: member.key.string.lowercased()) == nil else {
        throw JSONError(
          source: object.document.source, path: member.value.path, problem: .duplicate)
      }
    }
    values = values.filter { $0.value.kind != .null }
  }

  /// The names in small letters.
  var names: [String] { values.keys.sorted() }

  /// The member `name`, or nil when there is none or it is null.
  subscript(name: String) -> JSONValue? { values[name.lowercased()] }

  /// The member `name`, which must be there.
  func required(_ name: String) throws(JSONError) -> JSONValue {
    if let value = self[name] { return value }
    let place = object.path
    throw JSONError(
      source: object.document.source, path: place.isEmpty ? name : "\(place).\(name)",
      problem: .missing)
  }
}
