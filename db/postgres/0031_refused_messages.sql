-- Messages that were refused before they were taken, counted: of one minute, one way in, one sender and one reason together.
-- door: 0 synchronous channel, 1 asynchronous channel, 2 REST. standing: 0 nobody known, 1 claimed, 2 proven, 3 more than are told apart.
CREATE TABLE refused_message (
    minute bigint NOT NULL,
    door bigint NOT NULL CHECK (door BETWEEN 0 AND 2),
    standing bigint NOT NULL CHECK (standing BETWEEN 0 AND 3),
    sender text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    id bytea NOT NULL UNIQUE,
    times bigint NOT NULL,
    PRIMARY KEY (minute, door, standing, sender, code)
);
