-- name: CreateUnit :one
INSERT INTO unit (name, short_name, kind, parent_id, search_key, same_key) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (coalesce(parent_id, 0), same_key) DO UPDATE SET name = unit.name
RETURNING *;

-- name: UnitsByKey :many
SELECT * FROM unit WHERE same_key = ANY(@keys::text[]) ORDER BY id;

-- name: UnitByID :one
SELECT * FROM unit WHERE id = $1;

-- name: SearchUnits :many
SELECT * FROM unit WHERE search_key LIKE '%' || @needle::text || '%' ORDER BY search_key, id LIMIT @most::integer;
