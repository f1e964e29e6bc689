-- What initiators are told is numbered in the order in which it came in, so that reading on misses nothing: a notice with an
-- earlier id may be committed later. See db/DATA_MODEL.md.
ALTER TABLE party_notice ADD COLUMN number bigint NOT NULL DEFAULT 0;
UPDATE party_notice SET number = counted.number
FROM (SELECT initiator, id, row_number() OVER (PARTITION BY initiator ORDER BY id) AS number FROM party_notice) AS counted
WHERE counted.initiator = party_notice.initiator AND counted.id = party_notice.id;
CREATE UNIQUE INDEX party_notice_number ON party_notice (initiator, number);
CREATE INDEX party_notice_kind ON party_notice (initiator, kind, number);
CREATE INDEX party_notice_at ON party_notice (at);

-- The last number that was given; it outlives the notices.
CREATE TABLE party_counter (
    initiator text COLLATE "C" NOT NULL PRIMARY KEY,
    last bigint NOT NULL
);
INSERT INTO party_counter (initiator, last) SELECT initiator, max(number) FROM party_notice GROUP BY initiator;
