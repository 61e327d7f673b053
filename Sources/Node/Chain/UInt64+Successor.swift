// Counting to the end.

extension UInt64 {
  /// The number behind it; the last that there is has itself. Times and numbers of blocks may be any that a
  /// client names.
  var successor: UInt64 { self == .max ? self : self + 1 }
}
