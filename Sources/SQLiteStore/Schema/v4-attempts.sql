-- What failed attempts are counted by: see AttemptStore. A row says something until its time, in milliseconds since
-- 1970, and may be removed after that.
CREATE TABLE attempts (
    key BLOB NOT NULL PRIMARY KEY,
    time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_time ON attempts (time);
