-- A session remembers its refresh tokens. Without a rowid, a session is one entry in one tree less.
CREATE TABLE new_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- The count under which it was begun or last kept: a session is live while it is the user's and ended_at is null.
    count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    ended_at INTEGER,
    -- Why it was ended: sign_out, other_device or reuse.
    end_reason TEXT,
    -- The refresh token that is good now, the one before it, and when and by which server the current one was issued:
    -- what it takes to issue that same token once more. Null in sessions that hand out no tokens, or that are older
    -- than this table and were not refreshed since.
    refresh_hash TEXT,
    previous_refresh_hash TEXT,
    refreshed_at INTEGER,
    refreshed_by TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO new_sessions (id, user_id, count, created_at, last_used_at, ended_at)
    SELECT id, user_id, count, created_at, last_used_at, ended_at FROM sessions;
DROP TABLE sessions;
ALTER TABLE new_sessions RENAME TO sessions;
CREATE INDEX sessions_by_user ON sessions (user_id);

-- What happened to users' sign-in: who, in which session, at which server, from where, on which request. Nothing in it
-- signs anybody in: no token, no password, no hash.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    -- The record outlives who it tells of.
    user_id TEXT,
    session_id TEXT,
    server TEXT NOT NULL,
    address TEXT,
    request_id TEXT,
    detail TEXT
) STRICT;
CREATE INDEX audit_by_user ON audit (user_id, id) WHERE user_id IS NOT NULL;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit record is only added to');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit record is only added to');
END;
