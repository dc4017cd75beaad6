-- Times are whole seconds since 1970, amounts are cents.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    -- The name in lower case: what makes it unique.
    username_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    -- The live version of the user's tokens.
    count INTEGER NOT NULL DEFAULT 0 CHECK (count >= 0),
    created_at INTEGER NOT NULL
) STRICT;

-- Whatever else goes wrong, no revoked token comes back to life.
CREATE TRIGGER users_count_only_grows BEFORE UPDATE OF count ON users WHEN NEW.count < OLD.count
BEGIN
    SELECT RAISE(ABORT, 'a count only grows');
END;

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- The count under which it was begun or last kept: a session is live while it is the user's and ended_at is null.
    count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL
) STRICT;
CREATE INDEX accounts_by_user ON accounts (user_id);

CREATE TABLE transactions (
    id INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    booked_at INTEGER NOT NULL,
    description TEXT NOT NULL,
    amount INTEGER NOT NULL
) STRICT;
CREATE INDEX transactions_by_account ON transactions (account_id);

CREATE TABLE plans (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    monthly_contribution INTEGER NOT NULL,
    annual_return INTEGER NOT NULL,
    months_left INTEGER NOT NULL
) STRICT;

CREATE TABLE contributions (
    id INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES plans (user_id),
    paid_at INTEGER NOT NULL,
    amount INTEGER NOT NULL
) STRICT;
CREATE INDEX contributions_by_user ON contributions (user_id);
