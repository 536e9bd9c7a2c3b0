package bank

// FileIDs lists the files that an item shows to those who answer it, each once.
func (c Content) FileIDs() []string {
	var ids []string
	for _, f := range c.Files() {
		ids = append(ids, f.FileID)
	}
	return ids
}

// FileIDs lists the files that a question names as it stands: before the opening fewer than its content has.
func (q Question) FileIDs() []string {
	var ids []string
	add := func(image *Image) {
		if image != nil {
			ids = append(ids, image.FileID)
		}
	}
	add(q.Image)
	if q.Media != nil {
		ids = append(ids, q.Media.FileID)
	}
	lists := [][]Choice{q.Options, q.Targets}
	for _, b := range q.Blanks {
		lists = append(lists, b.Options)
	}
	for _, list := range lists {
		for _, o := range list {
			add(o.Image)
		}
	}
	return ids
}
