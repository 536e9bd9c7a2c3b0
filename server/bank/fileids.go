package bank

// FileIDs lists the files that an item shows to those who answer it, each once.
func (c Content) FileIDs() []string {
	var ids []string
	for _, f := range c.Files() {
		ids = append(ids, f.FileID)
	}
	if c.Media != nil && c.Media.FileID != "" {
		ids = append(ids, c.Media.FileID)
	}
	return ids
}
