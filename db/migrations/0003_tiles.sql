-- The tree as tiles and the leaves as entry bundles (c2sp.org/tlog-tiles), in place of one row for each node.
--
-- A tile or bundle is written once, by the transaction that adds its last leaf, and never changes. What is not full yet is
-- read from at most 255 rows: level 0 from log_leaf, a higher level from the roots of the tiles below it.

CREATE TABLE log_tile (
    level  smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
    index  bigint   NOT NULL CHECK (index >= 0),
    root   bytea    NOT NULL CHECK (octet_length(root) = 32),
    hashes bytea    NOT NULL CHECK (octet_length(hashes) = 8192),
    PRIMARY KEY (level, index)
);
COMMENT ON TABLE log_tile IS 'The full tiles of the tree: 256 hashes each, immutable';
COMMENT ON COLUMN log_tile.level IS 'Level 0 has the leaf hashes, level n the roots of the full tiles of level n - 1';
COMMENT ON COLUMN log_tile.index IS 'Place within the level';
COMMENT ON COLUMN log_tile.root IS 'Root of the perfect subtree over the hashes: the hash of this tile in the level above';
COMMENT ON COLUMN log_tile.hashes IS 'The 256 hashes, one behind the other';

CREATE TABLE log_bundle (
    index bigint NOT NULL PRIMARY KEY CHECK (index >= 0),
    body  bytea  NOT NULL
);
COMMENT ON TABLE log_bundle IS 'The full entry bundles: 256 leaves each, immutable';
COMMENT ON COLUMN log_bundle.index IS 'The bundle holds leaves 256 * index to 256 * index + 255';
COMMENT ON COLUMN log_bundle.body IS 'The leaves, each behind its length in two bytes, high byte first';

-- Hashes do not compress; what is kept apart from the row leaves the roots close together.
ALTER TABLE log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
DO $$
BEGIN
    ALTER TABLE log_bundle ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION
    WHEN feature_not_supported THEN NULL;
END
$$;

INSERT INTO log_bundle (index, body)
SELECT index >> 8, string_agg(substring(int4send(octet_length(leaf)) FROM 3) || leaf, ''::bytea ORDER BY index)
FROM log_leaf GROUP BY index >> 8 HAVING count(*) = 256;

INSERT INTO log_tile (level, index, root, hashes)
SELECT 0, n.index, n.hash,
       (SELECT string_agg(l.leaf_hash, ''::bytea ORDER BY l.index) FROM log_leaf l
        WHERE l.index BETWEEN n.index * 256 AND n.index * 256 + 255)
FROM log_node n WHERE n.level = 8;

-- Tiles of a level above are made of nodes that are whole tiles' roots: levels 8, 16 and so on of the tree.
INSERT INTO log_tile (level, index, root, hashes)
SELECT n.level / 8 - 1, n.index, n.hash,
       (SELECT string_agg(c.hash, ''::bytea ORDER BY c.index) FROM log_node c
        WHERE c.level = n.level - 8 AND c.index BETWEEN n.index * 256 AND n.index * 256 + 255)
FROM log_node n WHERE n.level > 8 AND n.level % 8 = 0;

DROP TABLE log_node;

REVOKE ALL ON log_tile, log_bundle FROM PUBLIC;
GRANT SELECT, INSERT ON log_tile, log_bundle TO zcd_app;
