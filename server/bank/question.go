package bank

// Question is what somebody who is to answer an item may see. It has no key, explanation or source, by type, and the
// order of its lists says nothing about the key (see arrange).
type Question struct {
	Type    ItemType      `json:"type" enum:"single,multiple,true_false,true_false_group,short_text,numeric,fill_in,ordering,matching"`
	Stem    string        `json:"stem"`
	Image   *Image        `json:"image,omitempty"`
	Media   *Media        `json:"media,omitempty"`
	Options []Choice      `json:"options"`
	Targets []Choice      `json:"targets,omitempty" doc:"What the options are matched with; one may fit several options, or none"`
	Blanks  []BlankChoice `json:"blanks,omitempty" doc:"The blanks [[1]], [[2]], ... of the stem"`
	Credit  PartialCredit `json:"credit" enum:"all_or_nothing,right_minus_wrong,proportion,per_part,in_sequence,table" doc:"What an answer earns that is only partly right"`
	// CreditTable belongs to the rule "table".
	CreditTable []int64 `json:"credit_table,omitempty"`
}

// Choice is an option as a contestant sees it.
type Choice struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	Image *Image `json:"image,omitempty"`
}

// BlankChoice is a blank as a contestant sees it.
type BlankChoice struct {
	ID      string   `json:"id"`
	Type    ItemType `json:"type" enum:"short_text,numeric,single"`
	Options []Choice `json:"options,omitempty"`
}

// Question is the part of the content that contestants and the audience may see, options in the author's order.
func (c Content) Question() Question {
	q := Question{Type: c.Type, Stem: c.Stem, Image: c.Image.copy(), Options: choices(c.Options), Credit: c.PartialCredit,
		CreditTable: append([]int64(nil), c.CreditTable...)}
	if c.Media != nil {
		media := *c.Media
		q.Media = &media
	}
	if len(c.Targets) > 0 {
		q.Targets = choices(c.Targets)
	}
	for _, b := range c.Blanks {
		blank := BlankChoice{ID: b.ID, Type: b.Type}
		if len(b.Options) > 0 {
			blank.Options = choices(b.Options)
		}
		q.Blanks = append(q.Blanks, blank)
	}
	return q
}

func choices(options []Option) []Choice {
	list := make([]Choice, 0, len(options))
	for _, o := range options {
		list = append(list, Choice{ID: o.ID, Text: o.Text, Image: o.Image.copy()})
	}
	return list
}

func (i *Image) copy() *Image {
	if i == nil {
		return nil
	}
	image := *i
	return &image
}

// Unopened is the question as it may be read out before it opens: what there is to choose from comes with the opening.
func (q Question) Unopened() Question {
	q.Options, q.Targets, q.Blanks = []Choice{}, nil, nil
	return q
}

// FileUse is a file that an item needs to be shown whole.
type FileUse struct {
	FileID string
	Hash   string
	// Kind is "image", "audio" or "video".
	Kind string
}

// Files lists the files that are needed to show a content, each once: the one list of them that there is.
func (c Content) Files() []FileUse {
	var list []FileUse
	add := func(f FileUse) {
		for _, known := range list {
			if known.FileID == f.FileID {
				return
			}
		}
		list = append(list, f)
	}
	for _, image := range c.images() {
		add(FileUse{image.FileID, image.Hash, "image"})
	}
	if c.Media != nil {
		add(FileUse{c.Media.FileID, c.Media.Hash, string(c.Media.Kind)})
	}
	return list
}

// images are the places of a content that may hold a picture and do.
func (c Content) images() []*Image {
	var list []*Image
	if c.Image != nil {
		list = append(list, c.Image)
	}
	for _, options := range [][]Option{c.Options, c.Targets} {
		for _, o := range options {
			if o.Image != nil {
				list = append(list, o.Image)
			}
		}
	}
	return list
}
