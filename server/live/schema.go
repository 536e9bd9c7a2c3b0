package live

import "github.com/danielgtaylor/huma/v2"

// Describe adds the schemas ServerMessage, ClientCommand and CommandReplies (and all they need) to the API document.
// ServerMessage and ClientCommand are a sorted oneOf with a discriminator on kind; CommandReplies has one property
// per command, with the data of its ok reply.
func (h *Hub) Describe(api huma.API) {}
