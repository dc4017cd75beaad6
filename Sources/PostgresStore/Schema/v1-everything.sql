-- Times are whole seconds since 1970, amounts are cents. The tables are those of the SQLite file; see there for what
-- each column is for. There are no triggers, which not every engine that speaks PostgreSQL's language has: that a count
-- only grows is in every statement that sets one, `count + 1`; that the audit record is only added to is a matter of
-- rights, which the guide tells how to give.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    count BIGINT NOT NULL DEFAULT 0 CHECK (count >= 0),
    created_at BIGINT NOT NULL,
    email TEXT,
    reset_mail_at BIGINT
);

-- By user first: all rows of a user lie together, and can be spread over machines by that column.
CREATE TABLE sessions (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT,
    refresh_hash TEXT,
    previous_refresh_hash TEXT,
    refreshed_at BIGINT,
    refreshed_by TEXT,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX sessions_by_id ON sessions (id);

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL
);
CREATE INDEX accounts_by_user ON accounts (user_id);

CREATE TABLE transactions (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    booked_at BIGINT NOT NULL,
    description TEXT NOT NULL,
    amount BIGINT NOT NULL
);
CREATE INDEX transactions_by_account ON transactions (account_id);

CREATE TABLE plans (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    monthly_contribution BIGINT NOT NULL,
    annual_return BIGINT NOT NULL,
    months_left BIGINT NOT NULL
);

CREATE TABLE contributions (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES plans (user_id),
    paid_at BIGINT NOT NULL,
    amount BIGINT NOT NULL
);
CREATE INDEX contributions_by_user ON contributions (user_id);

-- Ids are given before the transactions that use them are committed, so an event may come into sight after one with a
-- larger id. Who follows the record looks back a little: see `sso audit --follow`.
CREATE TABLE audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    user_id TEXT,
    session_id TEXT,
    server TEXT NOT NULL,
    address TEXT,
    request_id TEXT,
    detail TEXT
);
CREATE INDEX audit_by_user ON audit (user_id, id) WHERE user_id IS NOT NULL;

CREATE TABLE mails (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    recipient TEXT NOT NULL,
    count BIGINT NOT NULL,
    origin TEXT,
    created_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt_at BIGINT NOT NULL
);
CREATE INDEX mails_by_time ON mails (next_attempt_at);

CREATE TABLE attempts (
    key BYTEA NOT NULL PRIMARY KEY,
    time BIGINT NOT NULL
);
CREATE INDEX attempts_by_time ON attempts (time);

-- What was taken back, for servers that check access tokens from memory. Numbers are given before a transaction commits,
-- so they are not in the order in which entries come into sight.
CREATE TABLE revocations (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id TEXT NOT NULL,
    -- Tokens of a lower count are dead; null where a session has ended.
    count BIGINT,
    session_id TEXT,
    -- By the database's clock.
    at BIGINT NOT NULL,
    CHECK ((count IS NULL) <> (session_id IS NULL))
);
CREATE INDEX revocations_by_time ON revocations (at);
