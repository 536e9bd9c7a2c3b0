package vote

import "testing"

// Who will be chosen among tells who came through: while the board is frozen the public is told when the vote opens.
func TestAFrozenBoardKeepsTheFinalistsOfAVote(t *testing.T) {
	h := open(t)
	seen := func() int {
		t.Helper()
		v, err := h.s.Audience(h.ctx, h.roundID)
		h.must(err)
		return len(v.Candidates)
	}
	before := seen()
	h.frozen.Store(true)
	frozen := seen()
	h.must(h.s.Open(h.ctx, h.contestID, h.roundID))
	if opened := seen(); before != 3 || frozen != 0 || opened != 3 {
		t.Errorf("the public sees %d before the freeze, %d while the board is frozen, %d once it is open", before, frozen, opened)
	}
}
