package plan

import "github.com/hoithi/hoithi/server/contest"

// valid tells whether a turn counts for its unit.
func valid(rule contest.UnitRule, p Person) bool { return p.Taken && p.Points >= rule.ValidPoints }

// eligible tells whether somebody can stand in the unit's team.
func eligible(rule contest.UnitRule, p Person) bool {
	return valid(rule, p) && p.Points >= rule.TeamPoints
}

// whyNot says why a unit with so many valid turns is not ranked.
func whyNot(rule contest.UnitRule, u Unit, turns int) Why {
	if turns < max(rule.LeastEntrants, 1) {
		return TooFew
	}
	if rule.LeastShare == 0 {
		return ""
	}
	of := u.Target
	if rule.Of == "headcount" {
		of = u.Headcount
	}
	switch {
	case of <= 0:
		return NoCount
	case turns*10_000 < of*rule.LeastShare:
		return TooSmall
	}
	return ""
}
