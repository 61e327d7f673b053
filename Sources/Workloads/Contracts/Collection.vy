# pragma version 0.4.3
# A collection of unique tokens (ERC-721 without metadata and callbacks). Anybody mints.

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    id: indexed(uint256)

ownerOf: public(HashMap[uint256, address])
balanceOf: public(HashMap[address, uint256])
isApprovedForAll: public(HashMap[address, HashMap[address, bool]])
totalSupply: public(uint256)


@internal
def _mint(id: uint256):
    assert self.ownerOf[id] == empty(address), "exists"
    self.ownerOf[id] = msg.sender
    self.balanceOf[msg.sender] += 1
    self.totalSupply += 1
    log Transfer(sender=empty(address), receiver=msg.sender, id=id)


# An id of the minter's choice.
@external
def mint(id: uint256):
    self._mint(id)


# The next id, as in a sale where all want to be first: every one depends on the one before.
@external
def mintNext() -> uint256:
    id: uint256 = self.totalSupply
    self._mint(id)
    return id


@external
def setApprovalForAll(operator: address, isApproved: bool):
    self.isApprovedForAll[msg.sender][operator] = isApproved


@external
def transferFrom(sender: address, receiver: address, id: uint256):
    assert self.ownerOf[id] == sender, "owner"
    assert msg.sender == sender or self.isApprovedForAll[sender][msg.sender], "approval"
    self.ownerOf[id] = receiver
    self.balanceOf[sender] -= 1
    self.balanceOf[receiver] += 1
    log Transfer(sender=sender, receiver=receiver, id=id)
