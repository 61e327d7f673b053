// Numbers with what they count.

extension Int {
  /// The number and the noun, in the plural where it is not one: `1 block`, `2 blocks`.
  public func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
