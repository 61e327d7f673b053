# pragma version 0.4.3
# Governance of a treasury: members propose grants, vote, queue and execute; payees take them.

event Proposed:
    id: indexed(uint256)
    proposer: indexed(address)
    payee: address
    amount: uint256

event Voted:
    id: indexed(uint256)
    voter: indexed(address)
    isFor: bool
    power: uint256

event Queued:
    id: indexed(uint256)

event Executed:
    id: indexed(uint256)

event PaidOut:
    payee: indexed(address)
    amount: uint256

VOTING_PERIOD: constant(uint256) = 3 * 86400
DELAY: constant(uint256) = 2 * 86400

struct Proposal:
    payee: address
    amount: uint256
    votesFor: uint256
    votesAgainst: uint256
    votingEnds: uint256
    executableFrom: uint256
    isExecuted: bool

proposals: public(HashMap[uint256, Proposal])
proposalCount: public(uint256)
power: public(HashMap[address, uint256])
hasVoted: public(HashMap[uint256, HashMap[address, bool]])
quorum: public(uint256)
grants: public(HashMap[address, uint256])
granted: public(uint256)


@external
def propose(payee: address, amount: uint256) -> uint256:
    assert self.power[msg.sender] > 0, "member"
    id: uint256 = self.proposalCount
    self.proposalCount = id + 1
    self.proposals[id].payee = payee
    self.proposals[id].amount = amount
    self.proposals[id].votingEnds = block.timestamp + VOTING_PERIOD
    log Proposed(id=id, proposer=msg.sender, payee=payee, amount=amount)
    return id


@external
def vote(id: uint256, isFor: bool):
    assert block.timestamp <= self.proposals[id].votingEnds, "voting is over"
    assert not self.hasVoted[id][msg.sender], "voted"
    power: uint256 = self.power[msg.sender]
    assert power > 0, "member"
    self.hasVoted[id][msg.sender] = True
    if isFor:
        self.proposals[id].votesFor += power
    else:
        self.proposals[id].votesAgainst += power
    log Voted(id=id, voter=msg.sender, isFor=isFor, power=power)


@external
def queue(id: uint256):
    votingEnds: uint256 = self.proposals[id].votingEnds
    assert votingEnds > 0 and block.timestamp > votingEnds, "voting"
    assert self.proposals[id].executableFrom == 0, "queued"
    votesFor: uint256 = self.proposals[id].votesFor
    assert votesFor >= self.quorum and votesFor > self.proposals[id].votesAgainst, "defeated"
    self.proposals[id].executableFrom = block.timestamp + DELAY
    log Queued(id=id)


@external
def execute(id: uint256):
    executableFrom: uint256 = self.proposals[id].executableFrom
    assert executableFrom > 0 and block.timestamp >= executableFrom, "not yet"
    assert not self.proposals[id].isExecuted, "executed"
    self.proposals[id].isExecuted = True
    amount: uint256 = self.proposals[id].amount
    self.granted += amount
    assert self.granted <= self.balance, "treasury"
    self.grants[self.proposals[id].payee] += amount
    log Executed(id=id)


@external
def payOut():
    amount: uint256 = self.grants[msg.sender]
    assert amount > 0, "nothing"
    self.grants[msg.sender] = 0
    self.granted -= amount
    send(msg.sender, amount)
    log PaidOut(payee=msg.sender, amount=amount)
