-- What was taken back, for servers that check access tokens from memory: see RevocationFeed. Triggers write it, so it is
-- part of the transaction that takes something back, whoever does that and in whatever way; also a server of an older
-- version, or an operator by hand.
CREATE TABLE revocations (
    -- Never given again, and in the order of the commits, as one writes at a time.
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    -- Tokens of a lower count are dead; null where a session has ended.
    count INTEGER,
    session_id TEXT,
    at INTEGER NOT NULL,
    CHECK ((count IS NULL) <> (session_id IS NULL))
) STRICT;
CREATE INDEX revocations_by_time ON revocations (at);

CREATE TRIGGER users_count_is_told AFTER UPDATE OF count ON users WHEN NEW.count > OLD.count
BEGIN
    INSERT INTO revocations (user_id, count, at) VALUES (NEW.id, NEW.count, CAST(strftime('%s', 'now') AS INTEGER));
END;

CREATE TRIGGER sessions_end_is_told AFTER UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
BEGIN
    INSERT INTO revocations (user_id, session_id, at) VALUES (NEW.user_id, NEW.id, CAST(strftime('%s', 'now') AS INTEGER));
END;

-- An access token lives for a day at most, by any setting; clocks differ by a minute at most. Each new entry removes more
-- than one, so they cannot pile up.
CREATE TRIGGER old_revocations_go AFTER INSERT ON revocations
BEGIN
    DELETE FROM revocations WHERE seq IN (
        SELECT seq FROM revocations WHERE at < NEW.at - 86520 ORDER BY at LIMIT 100);
END;
