package account

import "context"

type principalKey struct{}

// With puts the principal of a request into its context.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// From finds who asks; nobody (the audience) when there is none.
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(principalKey{}).(Principal)
	if p.Locale == "" {
		p.Locale = "vi"
	}
	return p
}
