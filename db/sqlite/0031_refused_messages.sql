-- Messages that were refused before they were taken, counted: of one minute, one way in, one sender and one reason together.
-- door: 0 synchronous channel, 1 asynchronous channel, 2 REST. standing: 0 nobody known, 1 claimed, 2 proven, 3 more than are told apart.
CREATE TABLE refused_message (
    minute INTEGER NOT NULL,
    door INTEGER NOT NULL CHECK (door BETWEEN 0 AND 2),
    standing INTEGER NOT NULL CHECK (standing BETWEEN 0 AND 3),
    sender TEXT NOT NULL,
    code TEXT NOT NULL,
    id BLOB NOT NULL UNIQUE,
    times INTEGER NOT NULL,
    PRIMARY KEY (minute, door, standing, sender, code)
) STRICT, WITHOUT ROWID;
