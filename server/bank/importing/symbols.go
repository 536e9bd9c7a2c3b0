package importing

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// textOnly is text as \text{} takes it.
func textOnly(s string) string {
	return strings.NewReplacer(`\`, "", "{", "", "}", "", "$", `\$`, "%", `\%`, "#", `\#`, "&", `\&`, "_", `\_`, "^", "").Replace(norm.NFC.String(s))
}

// symbols writes the letters and signs of a run in LaTeX.
func symbols(s string) string {
	var b strings.Builder
	put := func(piece string) {
		if needsSpace(b.String(), piece) {
			b.WriteByte(' ')
		}
		b.WriteString(piece)
	}
	var words strings.Builder // letters that are neither Latin nor a sign: words of the author's language
	flush := func() {
		if words.Len() > 0 {
			put(`\text{` + textOnly(words.String()) + `}`)
			words.Reset()
		}
	}
	for _, r := range norm.NFC.String(s) {
		if r >= 0x1d400 && r <= 0x1d7ff || r == 'ℎ' {
			r = []rune(norm.NFKC.String(string(r)))[0]
		}
		if command, known := signs[r]; known {
			flush()
			put(command)
			continue
		}
		switch {
		case unicode.IsSpace(r):
			if words.Len() > 0 {
				words.WriteByte(' ')
			}
		case r == 0x2061 || r == 0x2062 || r == 0x2063 || r == 0x200b || r == 0x2064: // invisible signs between function and argument
		case r < 0x80:
			if words.Len() > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
				words.WriteRune(r)
				continue
			}
			flush()
			put(string(r))
		default:
			words.WriteRune(r)
		}
	}
	flush()
	return b.String()
}

var signs = map[rune]string{
	'α': `\alpha`, 'β': `\beta`, 'γ': `\gamma`, 'δ': `\delta`, 'ε': `\varepsilon`, 'ϵ': `\epsilon`, 'ζ': `\zeta`, 'η': `\eta`, 'θ': `\theta`,
	'ϑ': `\vartheta`, 'ι': `\iota`, 'κ': `\kappa`, 'λ': `\lambda`, 'μ': `\mu`, 'µ': `\mu`, 'ν': `\nu`, 'ξ': `\xi`, 'π': `\pi`, 'ρ': `\rho`,
	'σ': `\sigma`, 'ς': `\varsigma`, 'τ': `\tau`, 'υ': `\upsilon`, 'φ': `\varphi`, 'ϕ': `\phi`, 'χ': `\chi`, 'ψ': `\psi`, 'ω': `\omega`,
	'Γ': `\Gamma`, 'Δ': `\Delta`, '∆': `\Delta`, 'Θ': `\Theta`, 'Λ': `\Lambda`, 'Ξ': `\Xi`, 'Π': `\Pi`, 'Σ': `\Sigma`, 'Φ': `\Phi`,
	'Ψ': `\Psi`, 'Ω': `\Omega`,
	'×': `\times`, '÷': `\div`, '±': `\pm`, '∓': `\mp`, '·': `\cdot`, '⋅': `\cdot`, '∙': `\cdot`, '∗': `*`, '∘': `\circ`, '°': `^{\circ}`,
	'≤': `\le`, '≥': `\ge`, '⩽': `\le`, '⩾': `\ge`, '≠': `\ne`, '≈': `\approx`, '≡': `\equiv`, '∼': `\sim`, '≅': `\cong`, '∝': `\propto`,
	'≪': `\ll`, '≫': `\gg`, '∞': `\infty`, '∂': `\partial`, '∇': `\nabla`, '∈': `\in`, '∉': `\notin`, '∋': `\ni`, '⊂': `\subset`,
	'⊃': `\supset`, '⊆': `\subseteq`, '⊇': `\supseteq`, '∪': `\cup`, '∩': `\cap`, '∖': `\setminus`, '∅': `\varnothing`, '∀': `\forall`,
	'∃': `\exists`, '∄': `\nexists`, '¬': `\neg`, '∧': `\wedge`, '∨': `\vee`, '⊕': `\oplus`, '⊗': `\otimes`, '⊥': `\perp`, '∥': `\parallel`,
	'∠': `\angle`, '△': `\triangle`, '→': `\to`, '←': `\leftarrow`, '↔': `\leftrightarrow`, '⇒': `\Rightarrow`, '⇐': `\Leftarrow`,
	'⇔': `\Leftrightarrow`, '⟹': `\Rightarrow`, '⟺': `\Leftrightarrow`, '↑': `\uparrow`, '↓': `\downarrow`, '↦': `\mapsto`, '⇌': `\rightleftharpoons`,
	'…': `\ldots`, '⋯': `\cdots`, '⋮': `\vdots`, '⋱': `\ddots`, '′': `'`, '″': `''`, '−': `-`, '–': `-`, 'ℝ': `\mathbb{R}`, 'ℕ': `\mathbb{N}`,
	'ℤ': `\mathbb{Z}`, 'ℚ': `\mathbb{Q}`, 'ℂ': `\mathbb{C}`, 'ℓ': `\ell`, 'ℏ': `\hbar`, '∑': `\sum`, '∏': `\prod`, '∫': `\int`, '√': `\surd`,
	'⌊': `\lfloor`, '⌋': `\rfloor`, '⌈': `\lceil`, '⌉': `\rceil`, '⟨': `\langle`, '⟩': `\rangle`,
	'{': `\{`, '}': `\}`, '%': `\%`, '#': `\#`, '&': `\&`, '_': `\_`, '$': `\$`, '\\': `\backslash`, '~': `\sim`, '^': `\wedge`,
}
