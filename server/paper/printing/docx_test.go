package printing

import (
	"strings"
	"testing"
)

// What the bank's own export knows of formulas, a printed paper knows too; what it can't say is there as it was typed.
func TestFormulasOfAPaper(t *testing.T) {
	t.Parallel()
	got := rich(`Cho $\begin{cases} x + y = 1 \\ x - y = 3 \end{cases}$ và $\lim_{x \to 0} x$, $\mathfrak{A}^2$, giá \$5.`, bold)
	for _, want := range []string{"<m:eqArr>", "<m:limLow>", `\mathfrak{A}^2`, "giá $5."} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %s", want, got)
		}
	}
	if strings.Contains(got, "begin") || strings.Count(got, "<m:oMath>") != 2 {
		t.Errorf("formulas are not Word's own: %s", got)
	}
}
