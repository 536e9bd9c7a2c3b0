package exporting

import (
	"fmt"
	"html"
	"strings"

	"github.com/hoithi/hoithi/server/bank"
)

// markup writes a text as HTML that is well-formed XML too: paragraphs by <br/>, formulas as \(...\) and \[...\], which
// Moodle and most players of QTI set.
func markup(s string) string {
	out := bank.Translate(s, func(plain string) string {
		plain = html.EscapeString(plain)
		// What would be read as the marks of a formula is parted by an element that shows nothing.
		return strings.NewReplacer(`\(`, `\<span></span>(`, `\[`, `\<span></span>[`, `\)`, `\<span></span>)`, `\]`, `\<span></span>]`, `$$`, `$<span></span>$`).Replace(plain)
	}, func(source string, display bool) string {
		if display {
			return `\[` + html.EscapeString(source) + `\]`
		}
		return `\(` + html.EscapeString(source) + `\)`
	})
	return strings.ReplaceAll(out, "\n", "<br/>")
}

// img shows a picture; player plays a sound or film.
func img(path string, image *bank.Image) string {
	return fmt.Sprintf(`<img src="%s" alt="%s" width="%d" height="%d"/>`, html.EscapeString(path), html.EscapeString(image.Alt), image.Width, image.Height)
}

// player has its own element in HTML 5; QTI 2.1 knows only object.
func player(path string, media *bank.Media, object bool) string {
	if object {
		return fmt.Sprintf(`<object data="%s" type="%s">%s</object>`, html.EscapeString(path), html.EscapeString(media.ContentType), html.EscapeString(media.Alt))
	}
	return fmt.Sprintf(`<%s controls="controls" src="%s" title="%s"></%s>`, media.Kind, html.EscapeString(path), html.EscapeString(media.Alt), media.Kind)
}

var fileEndings = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "audio/mpeg": ".mp3", "audio/ogg": ".ogg",
	"audio/wav": ".wav", "audio/mp4": ".m4a", "audio/aac": ".aac", "video/mp4": ".mp4", "video/webm": ".webm"}

// fileName names a file after its id, which says nothing.
func fileName(id string, f bank.WrittenFile) string {
	return id[:min(16, len(id))] + fileEndings[f.Type]
}
