package roster

import (
	"context"

	"github.com/hoithi/hoithi/server/postgres"
	"github.com/hoithi/hoithi/server/roster/rosterdb"
)

// EntryKey is what an entry signs in with. It goes on cards and to the operator of the demo, nowhere else.
type EntryKey struct {
	EntryID int64
	Number  string
	Name    string
	Code    string
	// Path is that of the personal link on this server.
	Path string
}

// Keys opens the sealed codes and links of a contest's active entries. It has no route: the caller is the program
// itself.
func (s *Service) Keys(ctx context.Context, contestID int64) ([]EntryKey, error) {
	return s.keys(ctx, rosterdb.SecretsOfParams{ContestID: contestID, Everyone: true, Ids: []int64{}})
}

// KeysOf opens those of chosen entries. The caller has seen to it that the one who asks may have them, and has recorded
// it.
func (s *Service) KeysOf(ctx context.Context, contestID int64, ids []int64) ([]EntryKey, error) {
	return s.keys(ctx, rosterdb.SecretsOfParams{ContestID: contestID, Ids: ids})
}

func (s *Service) keys(ctx context.Context, p rosterdb.SecretsOfParams) ([]EntryKey, error) {
	contestID := p.ContestID
	rows, err := s.q.SecretsOf(ctx, p)
	if err != nil {
		return nil, postgres.Fault(err)
	}
	keys := make([]EntryKey, len(rows))
	for i, r := range rows {
		code, err := s.secrets.opened("code", contestID, r.CodeSealed)
		if err != nil {
			return nil, err
		}
		link, err := s.secrets.opened("link", contestID, r.LinkSealed)
		if err != nil {
			return nil, err
		}
		keys[i] = EntryKey{EntryID: r.ID, Number: NumberText(int(r.Number)), Name: r.Name, Code: code, Path: EntryPath + "#" + link}
	}
	return keys, nil
}
