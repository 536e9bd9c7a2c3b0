package result_test

import "testing"

// A result that becomes final while the board is frozen stays unknown to the public until it is told.
func TestFinalButNotTold(t *testing.T) {
	h := open(t, [2]int64{900, 800}, [2]int64{700, 700}, [2]int64{500, 600})
	h.must(h.boards.Freeze(h.ctx, h.contestID))
	// After the freeze a mark was corrected: what is final differs from what the public sees.
	h.tamper(`UPDATE mark SET value = 1000 WHERE value = 500`)
	h.tamper(`UPDATE mark SET value = 975 WHERE value = 600`)
	if _, err := h.finalize(""); err != nil {
		t.Fatal(err)
	}
	look := func(told bool) {
		t.Helper()
		if frozen, err := h.boards.Frozen(h.ctx, h.contestID); err != nil || frozen == told {
			t.Errorf("the board is frozen: %v, %v", frozen, err)
		}
		if got, err := h.boards.Published(h.ctx, h.contestID); err != nil || got != told {
			t.Errorf("published: %v, %v", got, err)
		}
		revisions, err := h.results.Published(h.ctx, h.contestID)
		h.must(err)
		if (len(revisions) > 0) != told {
			t.Errorf("the public may read %d revisions", len(revisions))
		}
		_, err = h.results.Final(h.ctx, "cchc")
		if told {
			h.must(err)
		} else {
			h.wants("the results page", err, "not_final")
		}
	}
	look(false)
	h.wants("thawing a result that waits", h.boards.Thaw(h.ctx, h.contestID), "final_kept_back")
	if newest, err := h.results.Newest(h.ctx, h.contestID); err != nil || newest == nil {
		t.Errorf("organizers know their final result: %v", err)
	}
	// A correction before the telling changes what will be told, and nothing else.
	h.tamper(`UPDATE mark SET value = 775 WHERE value = 800`)
	if _, err := h.finalize("Cộng nhầm một phiếu chấm"); err != nil {
		t.Fatal(err)
	}
	look(false)
	h.must(h.results.Tell(h.ctx, h.contestID))
	look(true)
	final, err := h.results.Final(h.ctx, "cchc")
	h.must(err)
	if final.Revision != 2 || final.Standings[0].Name != "Đội 3" || final.Standings[0].Total != 988 {
		t.Errorf("told: revision %d, %+v", final.Revision, final.Standings[0])
	}
	h.wants("telling twice", h.results.Tell(h.ctx, h.contestID), "nothing_kept_back")
	if found := h.found(); found != "round_data" { // the marks were changed behind the signatures
		t.Errorf("verify finds %s", found)
	}
	// Once it is told, a correction is public at once.
	h.tamper(`UPDATE mark SET value = 0 WHERE value = 1000`)
	h.tamper(`UPDATE mark SET value = 25 WHERE value = 975`)
	if _, err := h.finalize("Phiếu của đội 3 bị hủy"); err != nil {
		t.Fatal(err)
	}
	final, err = h.results.Final(h.ctx, "cchc")
	h.must(err)
	if final.Revision != 3 || final.Standings[0].Name == "Đội 3" {
		t.Errorf("a correction after the telling is not public: %+v", final.Standings[0])
	}
}
