package roster

// Draft is what the view says, for the room of the leaders.
func (v DraftView) Draft() Draft { return v.draft() }

// DraftViewOf shows a draft to be changed.
func DraftViewOf(d Draft) DraftView {
	return draftView(d)
}
