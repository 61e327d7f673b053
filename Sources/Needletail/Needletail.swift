// What a program that embeds the engine imports: one module instead of all of them.

@_exported public import Chain
@_exported public import Crypto
@_exported public import EVM
@_exported public import Execution
@_exported public import JSON
@_exported public import Ledger
@_exported public import Primitives
@_exported public import State
@_exported public import Storage
@_exported public import Tracing
