/**
 * The store in SQLite's words, from version 3.38 on (`->>`).
 *
 * Ids are compared as SQLite compares texts by itself, byte by byte of UTF-8, which is the order of `compareIds`.
 */
import type { Dialect, Query, Tag } from "./Dialect.ts"

/** SQLite's statements, made by that client or tag. */
export const sqliteDialect = <Q extends Query>(sql: Tag<Q>): Dialect<Q> => ({
  migrated: sql`SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'keystead_migrations'`,
  schemaVersion: sql`SELECT COALESCE(MAX(version), 0) AS version FROM keystead_migrations`,
  migrations: [first(sql)],

  read: (ids) =>
    sql`SELECT id, part, version, value FROM keystead_records
      WHERE id IN (SELECT value FROM json_each(${ids})) ORDER BY id, part`,

  scan: (from, after, to, limit) =>
    sql`SELECT id, part, version, value FROM keystead_records WHERE id IN (
        SELECT id FROM keystead_records WHERE id >= ${from} AND id > ${after} AND id < ${to} AND part = 0
        ORDER BY id LIMIT ${limit}
      ) ORDER BY id, part`,

  unmet: (expectations) =>
    sql`SELECT e.value ->> '$[0]' AS id FROM json_each(${expectations}) AS e
      LEFT JOIN keystead_records AS r ON r.id = e.value ->> '$[0]' AND r.part = 0
      WHERE CAST(r.version AS TEXT) IS NOT e.value ->> '$[1]'`,

  accept: sql`UPDATE keystead_store SET sequence = sequence + 1, accepted = 1`,

  refuse: (expectations) =>
    sql`UPDATE keystead_store SET accepted = 0 WHERE EXISTS (
        SELECT 1 FROM json_each(${expectations}) AS e
        LEFT JOIN keystead_records AS r ON r.id = e.value ->> '$[0]' AND r.part = 0
        WHERE CAST(r.version AS TEXT) IS NOT e.value ->> '$[1]'
      )`,

  cut: (ends) =>
    sql`DELETE FROM keystead_records WHERE (SELECT accepted FROM keystead_store) = 1 AND rowid IN (
        SELECT r.rowid FROM json_each(${ends}) AS e
        CROSS JOIN keystead_records AS r ON r.id = e.value ->> '$[0]' AND r.part >= e.value ->> '$[1]'
      )`,

  put: (parts) =>
    sql`INSERT INTO keystead_records (id, part, version, value)
      SELECT e.value ->> '$[0]', e.value ->> '$[1]', s.sequence, e.value ->> '$[2]'
      FROM json_each(${parts}) AS e CROSS JOIN keystead_store AS s WHERE s.accepted = 1
      ON CONFLICT (id, part) DO UPDATE SET version = excluded.version, value = excluded.value`
})

/**
 * Version 1. `keystead_records` holds values as JSON text, long ones in parts (`Parts.ts`); `keystead_store` is one row:
 * how many commits there were, and whether the one under way, or else the last, was accepted. The first insertion fails
 * where somebody else was first, and with it the whole migration.
 */
const first = <Q extends Query>(sql: Tag<Q>): ReadonlyArray<Q> => [
  sql`CREATE TABLE IF NOT EXISTS keystead_migrations (version INTEGER PRIMARY KEY NOT NULL) STRICT`,
  sql`INSERT INTO keystead_migrations (version) VALUES (1)`,
  sql`CREATE TABLE keystead_records (
      id TEXT NOT NULL, part INTEGER NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (id, part)
    ) STRICT`,
  sql`CREATE TABLE keystead_store (
      id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1), sequence INTEGER NOT NULL, accepted INTEGER NOT NULL
    ) STRICT`,
  sql`INSERT INTO keystead_store (id, sequence, accepted) VALUES (1, 0, 0)`
]
