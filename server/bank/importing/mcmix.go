package importing

// takeShuffle reads McMix's "<g0>" to "<g3>": in 0 and 1 the options keep their order. What follows up to the first
// question belongs to all questions of the group.
func (r *examReader) takeShuffle(l line) bool {
	m := reShuffle.FindStringSubmatch(l.text)
	if m == nil {
		return false
	}
	r.current, r.lead = nil, nil
	r.inGroup = m[1] == ""
	r.pinAll = r.inGroup && (m[2] == "0" || m[2] == "1")
	if r.inGroup && m[3] != "" {
		r.lead = append(r.lead, m[3])
	}
	return true
}

// picturesOf gives the pictures of a line to the options that stand in it (those from a place on), else to the stem.
func (d *draft) picturesOf(l line, from int) {
	for i, name := range l.pictures {
		alt := ""
		if i < len(l.alts) {
			alt = l.alts[i]
		}
		if from >= 0 && from+i < len(d.options) && len(l.pictures) <= len(d.options)-from {
			o := &d.options[from+i]
			o.picture, o.alt = name, alt
			continue
		}
		d.pictures, d.alts = append(d.pictures, name), append(d.alts, alt)
	}
}
