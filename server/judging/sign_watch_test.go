package judging_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hoithi/hoithi/server/account"
	"github.com/hoithi/hoithi/server/judging"
)

// The supervisor may be one of the two who revoke, from either side, and nothing else: sheets that are not closed are
// not theirs to read.
func TestTheSupervisorIsTheSecondPersonOfARevocation(t *testing.T) {
	h, _ := judged(t, 2, 1)
	secretary := h.person("Thư ký")
	supervisor := h.as(h.person("Giám sát"), account.RoleSupervisor)
	p := h.performance(0)
	h.must(h.s.AskReopen(secretary, h.contestID, h.roundID, p, 2, judging.Office, "Nhầm cột"))
	if err := h.confirm(supervisor, judging.Watch); err == nil {
		t.Error("the supervisor has reopened a sheet")
	}
	h.must(h.s.Refuse(h.judges[0], h.contestID, h.roundID, h.waiting(), judging.PanelDoor))
	h.must(h.close())

	h.must(h.s.AskRevoke(secretary, h.contestID, h.roundID, judging.Office, false, "Sai tên đội trong biên bản"))
	h.must(h.confirm(supervisor, judging.Watch))
	if s := h.view().Signing; s.State != judging.PartOpen || s.Number != 2 {
		t.Fatalf("after the supervisor's yes: %+v", s)
	}
	_, _, err := h.s.Table(supervisor, h.contestID, h.roundID)
	wants(t, "reading the marks that are open again", err, "marks_open")
	if x := stringOf(h.view().Signing.Exceptions); !strings.Contains(x, "xác nhận: Giám sát") {
		t.Errorf("the annex does not name the second person: %s", x)
	}
	h.must(h.close())
	h.must(h.s.AskRevoke(supervisor, h.contestID, h.roundID, judging.Watch, false, "Thiếu một phiếu"))
	wants(t, "the supervisor alone", h.confirm(supervisor, judging.Watch), "second_person_needed")
	h.must(h.confirm(h.judges[0], judging.PanelDoor))
	if found := h.check(); len(found) != 0 {
		t.Errorf("verify finds %q", found)
	}
}

// A confirmed revocation opens marks that a supervisor may not read: the answer holds none of them, and is no error.
func TestTheSupervisorsYesTellsNoMarks(t *testing.T) {
	h, _ := judged(t, 2, 1)
	supervisor := h.person("Giám sát")
	h.exec(`INSERT INTO account_grant (account_id, contest_id, role) VALUES ($1, $2, 'supervisor')`, idOf(supervisor), h.contestID)
	h.must(h.close())
	h.must(h.s.AskRevoke(h.judges[0], h.contestID, h.roundID, judging.PanelDoor, false, "Sai tên đội"))
	path := fmt.Sprintf("/api/supervisor/contests/%d/rounds/%d/judging/requests/%d/confirm", h.contestID, h.roundID, h.waiting())
	// Who is a judge only does not come through this door, however the request came about.
	if status, _ := h.office().ask(idOf(h.judges[1]), http.MethodPost, path, "", nil); status != http.StatusForbidden {
		t.Errorf("a judge at the supervisor's door: %d", status)
	}
	if status, code := h.office().ask(idOf(supervisor), http.MethodPost, path, "", nil); status != http.StatusNoContent {
		t.Errorf("%d %s", status, code)
	}
	if h.view().Signing.State != judging.PartOpen {
		t.Error("the part is still closed")
	}
}
