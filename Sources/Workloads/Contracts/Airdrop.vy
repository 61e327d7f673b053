# pragma version 0.4.3
# Hands out a token that it owns, to many at once, when one of its operators says so.

interface Token:
    def transfer(receiver: address, amount: uint256) -> bool: nonpayable

token: public(address)
isOperator: public(HashMap[address, bool])
dropped: public(uint256)


@external
def drop(receivers: DynArray[address, 16], amount: uint256):
    assert self.isOperator[msg.sender], "operator"
    for receiver: address in receivers:
        assert extcall Token(self.token).transfer(receiver, amount)
    self.dropped += len(receivers) * amount
