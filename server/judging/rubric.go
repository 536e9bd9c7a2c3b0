package judging

import (
	"encoding/json"
	"slices"

	"github.com/hoithi/hoithi/server/fault"
)

// Level says in words what marks between two bounds of a criterion stand for: "Xuất sắc, 9–10: …".
type Level struct {
	From int64  `json:"from" minimum:"0" maximum:"100000" doc:"Lowest mark of the level, hundredths of a point"`
	To   int64  `json:"to" minimum:"0" maximum:"100000" doc:"Highest mark of the level, hundredths of a point"`
	Name string `json:"name" minLength:"1" maxLength:"60"`
	Text string `json:"text,omitempty" maxLength:"300" doc:"What a performance of this level looks like"`
}

const (
	maxLevels    = 8
	maxLevelName = 60
	maxLevelText = 300
)

// LevelOf is the level that a mark belongs to; of two that touch, the higher one.
func (c Criterion) LevelOf(mark int64) (Level, bool) {
	for _, l := range c.Levels {
		if l.From <= mark && mark <= l.To {
			return l, true
		}
	}
	return Level{}, false
}

// checkLevels tidies the levels of a criterion, the highest first, and checks them: within the maximum, one beside the
// other. They may touch ("8–9, 9–10") and may leave gaps, as such scales do; they never overlap.
func (c *Criterion) checkLevels(f *fault.Fault, path string) *fault.Fault {
	if len(c.Levels) > maxLevels {
		f = f.At(path+".levels", "Mỗi tiêu chí có tối đa 8 mức điểm.", "A criterion has at most 8 levels.")
	}
	c.Levels = slices.Clone(c.Levels)
	for i := range c.Levels {
		c.Levels[i].Name, c.Levels[i].Text = tidy(c.Levels[i].Name), tidy(c.Levels[i].Text)
	}
	slices.SortStableFunc(c.Levels, func(a, b Level) int {
		if a.To != b.To {
			return int(b.To - a.To)
		}
		return int(b.From - a.From)
	})
	for i, l := range c.Levels {
		here := at(path+".levels", i)
		switch {
		case l.From < 0 || l.From > l.To || l.To > c.Max:
			f = f.At(here, "Mức điểm phải nằm trong khoảng từ 0 đến điểm tối đa, “từ” không lớn hơn “đến”.", "A level must lie between 0 and the maximum, from not above to.")
		case i > 0 && (l.To > c.Levels[i-1].From || l.From == c.Levels[i-1].From):
			f = f.At(here, "Các mức điểm không được chồng lên nhau.", "Levels must not overlap.")
		}
		if !fits(l.Name, 1, maxLevelName) {
			f = f.At(here+".name", "Tên mức cần từ 1 đến 60 ký tự.", "A level's name needs 1 to 60 characters.")
		}
		if !fits(l.Text, 0, maxLevelText) {
			f = f.At(here+".text", "Mô tả mức dài tối đa 300 ký tự.", "A level's text has at most 300 characters.")
		}
	}
	return f
}

func encodeLevels(levels []Level) ([]byte, error) {
	if len(levels) == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal(levels)
}

func decodeLevels(b []byte) ([]Level, error) {
	var levels []Level
	if len(b) == 0 {
		return nil, nil
	}
	return levels, json.Unmarshal(b, &levels)
}
