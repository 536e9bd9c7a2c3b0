package bank

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/hoithi/hoithi/server/fault"
)

// keepFiles stores what a read item shows and plays; what can't be kept becomes a problem of the item.
func (s *Service) keepFiles(ctx context.Context, tx pgx.Tx, owner string, item *ReadItem) error {
	if len(item.Files) == 0 {
		return nil
	}
	refused := func(err error, path string) bool {
		f := fault.From(err)
		if f == nil || f.Kind != fault.Invalid && f.Kind != fault.TooLarge {
			return false
		}
		item.Problems = append(item.Problems, Problem{Severity: Warning, Code: f.Code, Path: path,
			Vi: "Tệp kèm theo câu không nhập được. " + f.Vi, En: "A file of the question was left out. " + f.En})
		return true
	}
	c := &item.Content
	for _, place := range c.picturePlaces() {
		image := **place
		f, err := s.files.Keep(ctx, tx, owner, item.Files[image.FileID].Data)
		switch {
		case err == nil:
			*place = &Image{FileID: f.ID, Hash: f.HashText(), Alt: image.Alt, Width: f.Width, Height: f.Height}
		case refused(err, "image"):
			*place = nil
		default:
			return err
		}
	}
	if c.Media != nil {
		f, kind, err := s.files.KeepMedia(ctx, tx, owner, item.Files[c.Media.FileID].Data)
		switch {
		case err == nil:
			media := *c.Media
			media.Kind, media.FileID, media.Hash, media.ContentType, media.Size = MediaKind(kind), f.ID, f.HashText(), f.ContentType, f.Size
			c.Media = &media
		case refused(err, "media"):
			c.Media = nil
		default:
			return err
		}
	}
	item.Content = item.Content.Normalized()
	return nil
}

// picturePlaces are the places of a content that hold a picture, so that it can be exchanged.
func (c *Content) picturePlaces() []**Image {
	var places []**Image
	if c.Image != nil {
		places = append(places, &c.Image)
	}
	for _, list := range [][]Option{c.Options, c.Targets} {
		for i := range list {
			if list[i].Image != nil {
				places = append(places, &list[i].Image)
			}
		}
	}
	return places
}

// asFile is the hash of a content as a file says it: wherever its pictures are stored.
func (c Content) asFile() [32]byte {
	n := c.Normalized()
	for _, place := range n.picturePlaces() {
		image := **place
		image.FileID = ""
		*place = &image
	}
	if n.Media != nil {
		media := *n.Media
		media.FileID = ""
		n.Media = &media
	}
	return n.Hash()
}
