// The room where machine and state meet.

public import EVM
public import State

/// The state answers the machine by itself.
extension TransactionState: Host {}
