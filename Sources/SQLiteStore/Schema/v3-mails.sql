-- Where mails to the user go, if they gave an address. Not unique: people share addresses, and a refusal would tell who
-- is here.
ALTER TABLE users ADD COLUMN email TEXT;
-- When a mail with a reset link was last queued for the user.
ALTER TABLE users ADD COLUMN reset_mail_at INTEGER;

-- The mails that are to be sent. A row says what a mail is about, never its text: the token in a reset link is made when
-- the mail is sent, so neither the database nor a copy of it ever holds one. The row is deleted when the mail was sent or
-- given up.
CREATE TABLE mails (
    -- Random, and never given again: the mail carries it at each attempt.
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- The user's address when it was queued: who changes the address does not turn a warning away.
    recipient TEXT NOT NULL,
    -- The user's count when it was queued: a reset token carries this one, so whatever revokes it also kills a link that
    -- has not been sent yet.
    count INTEGER NOT NULL,
    -- Where the server that was asked for it can be reached, by its settings: a link leads there, whoever sends it.
    origin TEXT,
    created_at INTEGER NOT NULL,
    -- How often it was taken from the queue. Who has taken it knows this number, and may only touch the row while it is.
    attempts INTEGER NOT NULL DEFAULT 0,
    -- From when on it may be taken, which moves on when somebody does: should they die, it is taken again.
    next_attempt_at INTEGER NOT NULL
) STRICT;
CREATE INDEX mails_by_time ON mails (next_attempt_at);
