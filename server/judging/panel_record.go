package judging

// panelExceptions lists what the annex tells of the panel and the running order: judges replaced, absent for a time or
// tied to an entry, and turns moved or left out on the night.
func (j Judging) panelExceptions() []Exception {
	list := []Exception{}
	if j.Blind {
		list = append(list, Exception{Code: "blind", Vi: "Chấm bằng mã: chỉ " + j.KeeperName + " biết tên đội cho đến khi chốt phần thi.",
			En: "Judged by codes: only " + j.KeeperName + " knew the names until the part was closed."})
	}
	absent, left := map[int]bool{}, map[int]bool{}
	for _, s := range j.Panel {
		absent[s.Number], left[s.Number] = s.Absent, s.LeftUs != 0
	}
	for _, c := range j.Changes {
		if c.Kind == WentAway && absent[c.Seat] && !left[c.Seat] {
			continue // the annex tells who is absent by the panel
		}
		vi, en := c.words()
		code := "panel"
		switch {
		case c.ofOrder():
			code = "order"
		case c.Kind == TiesKnown:
			code = "conflict"
		}
		list = append(list, Exception{Code: code, AtUs: c.AtUs, Vi: vi + " Người ghi: " + c.By + ". Lý do: " + ended(c.Reason),
			En: en + " Noted by " + c.By + ". Reason: " + ended(c.Reason)})
	}
	for _, p := range j.Performances {
		for _, v := range j.conflictViews(p) {
			if p.State == Planned {
				continue
			}
			name := ""
			for _, s := range j.Panel {
				if s.Number == v.Seat {
					name = s.Name
				}
			}
			vi, en := p.EntryName+": GK"+itoa(v.Seat)+" ("+name+") có liên quan ("+v.Why.vi()+")", p.EntryName+": judge "+itoa(v.Seat)+" ("+name+") is tied to the entry ("+v.Why.en()+")"
			if v.Barred {
				vi, en = vi+", phiếu không hỏi và không tính.", en+"; the sheet was neither asked for nor counted."
			} else {
				vi, en = vi+", phiếu vẫn được tính theo thể lệ.", en+"; by the rules the sheet counts."
			}
			list = append(list, Exception{Code: "conflict", Vi: vi, En: en})
		}
	}
	return list
}

func (w Why) vi() string {
	switch w {
	case OwnUnit:
		return "cùng đơn vị"
	case UnitAbove:
		return "đơn vị cấp trên của giám khảo"
	case UnitBelow:
		return "đơn vị trực thuộc đơn vị của giám khảo"
	case Declared:
	}
	return "đã khai báo"
}

func (w Why) en() string {
	switch w {
	case OwnUnit:
		return "same unit"
	case UnitAbove:
		return "the unit above the judge's own"
	case UnitBelow:
		return "a unit below the judge's own"
	case Declared:
	}
	return "declared"
}

func (c Change) words() (vi, en string) {
	seat := "GK" + itoa(c.Seat)
	switch c.Kind {
	case Redrawn:
		if c.After == "" {
			return "Bốc thăm lại thứ tự trình bày.", "The running order was drawn again."
		}
		return "Bốc thăm lại thứ tự trình bày (lần " + c.After + ").", "The running order was drawn again (draw " + c.After + ")."
	case Moved, PutLast:
		if c.Before == "" || c.After == "" {
			return c.Entry + ": chuyển chỗ trong thứ tự trình bày.", c.Entry + ": moved in the running order."
		}
		return c.Entry + ": chuyển từ lượt " + c.Before + " sang lượt " + c.After + ".", c.Entry + ": moved from turn " + c.Before + " to turn " + c.After + "."
	case LeftOut:
		return c.Entry + ": không trình bày phần này.", c.Entry + ": left out of this part."
	case BroughtIn:
		return c.Entry + ": trở lại thứ tự trình bày.", c.Entry + ": brought back into the running order."
	case Added:
		return c.Entry + ": thêm vào cuối thứ tự trình bày.", c.Entry + ": added at the end of the running order."
	case Replaced:
		return seat + ": " + c.Before + " được thay bằng " + c.After + ".", seat + ": " + c.Before + " was replaced by " + c.After + "."
	case Joined:
		return "GK" + c.Before + " thôi chấm; " + seat + " (" + c.After + ") chấm các lượt còn lại.",
			"Judge " + c.Before + " judges no more; " + seat + " (" + c.After + ") judges the remaining turns."
	case Headed:
		if c.Before == "" {
			return seat + " (" + c.After + ") làm Trưởng ban Giám khảo.", seat + " (" + c.After + ") became the head judge."
		}
		return seat + " (" + c.After + ") làm Trưởng ban Giám khảo thay " + c.Before + ".", seat + " (" + c.After + ") became the head judge in the place of " + c.Before + "."
	case WentAway:
		return seat + " (" + c.After + ") vắng một thời gian.", seat + " (" + c.After + ") was absent for a time."
	case CameBack:
		return seat + " (" + c.After + ") có mặt trở lại.", seat + " (" + c.After + ") came back."
	case TiesKnown:
		return seat + " (" + c.After + "): khai báo liên quan được sửa khi phần thi đã bắt đầu.", seat + " (" + c.After + "): the declared ties were changed after the round had begun."
	case NamesHeld:
	}
	return "Người giữ danh sách tên: " + c.Before + " bàn giao cho " + c.After + ".", "The names were handed over from " + c.Before + " to " + c.After + "."
}
