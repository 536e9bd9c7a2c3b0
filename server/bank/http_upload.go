package bank

import (
	"context"
	"net/http"

	"github.com/hoithi/hoithi/server/files"
	"github.com/hoithi/hoithi/server/web"
)

type UploadIn struct {
	ContestIn
	File string `path:"file" pattern:"^[0-9a-f]{32}$"`
}

// uploadRoutes registers the way in for sounds and films: begin, send the pieces in any order, finish.
func uploadRoutes(api *web.API, s *Service, base string) {
	web.Handle(api, web.Op{ID: "start-item-media", Method: http.MethodPost, Path: base + "/media", Summary: "Begin to upload a sound or film for a question", Status: http.StatusCreated},
		func(ctx context.Context, in *struct {
			ContestIn
			Body struct {
				Size int64 `json:"size" minimum:"1" doc:"Bytes of the whole file"`
			}
		}) (*struct{ Body Upload }, error) {
			u, err := s.StartUpload(ctx, in.Contest, in.Body.Size)
			return &struct{ Body Upload }{u}, err
		})
	web.Handle(api, web.Op{ID: "put-item-media-piece", Method: http.MethodPut, Path: base + "/media/{file}/pieces/{number}", Summary: "A piece of a sound or film; sent again, it is stored once", MaxBody: files.PieceSize + 1<<10},
		func(ctx context.Context, in *struct {
			UploadIn
			Number  int    `path:"number" minimum:"0" maximum:"100000" doc:"From 0"`
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*struct{}, error) {
			return nil, s.TakePiece(ctx, in.Contest, in.File, in.Number, in.RawBody)
		})
	web.Handle(api, web.Op{ID: "finish-item-media", Method: http.MethodPost, Path: base + "/media/{file}/finish", Summary: "Look at an uploaded sound or film and keep it"},
		func(ctx context.Context, in *UploadIn) (*struct{ Body Media }, error) {
			m, err := s.FinishUpload(ctx, in.Contest, in.File)
			return &struct{ Body Media }{m}, err
		})
	web.Handle(api, web.Op{ID: "discard-item-media", Method: http.MethodDelete, Path: base + "/media/{file}", Summary: "Throw away an upload that is not finished"},
		func(ctx context.Context, in *UploadIn) (*struct{}, error) {
			return nil, s.DiscardUpload(ctx, in.Contest, in.File)
		})
}
