// Values as Ethereum's JSON-RPC writes them.

internal import JSON
internal import Primitives

extension JSONWriter {
  mutating func value(quantity: UInt64) { value("0x" + String(quantity, radix: 16)) }

  mutating func value(quantity: UInt256) { value(quantity.hex) }

  mutating func value(data: some Collection<UInt8>) { value(Hex.encode(data)) }

  mutating func value(_ hash: Hash256) { value(hash.hex) }

  mutating func value(_ address: Address) { value(address.hex) }

  mutating func member(_ name: String, quantity: UInt64) {
    key(name)
    value(quantity: quantity)
  }

  mutating func member(_ name: String, quantity: UInt256) {
    key(name)
    value(quantity: quantity)
  }

  mutating func member(_ name: String, data: some Collection<UInt8>) {
    key(name)
    value(data: data)
  }

  mutating func member(_ name: String, _ hash: Hash256) {
    key(name)
    value(hash)
  }

  mutating func member(_ name: String, _ address: Address) {
    key(name)
    value(address)
  }

  /// Null where there is none.
  mutating func member(_ name: String, _ address: Address?) {
    key(name)
    if let address { value(address) } else { null() }
  }
}
