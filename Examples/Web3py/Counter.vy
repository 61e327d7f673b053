# @version ^0.4.0

event Counted:
    who: indexed(address)
    count: uint256

count: public(uint256)

@deploy
def __init__(start: uint256):
    self.count = start

@external
def add(amount: uint256):
    assert amount > 0, "nothing to add"
    self.count += amount
    log Counted(who=msg.sender, count=self.count)
