-- Who wants to know what, what was found for them, and what has still to be sent.
--
-- `matched` is the revision up to which everything was held against all standing queries; a record that is older than
-- subscriptions begins with its newest one.

INSERT INTO counter (name, value) VALUES ('subscription', 0), ('delivery', 0), ('digest', 0), ('outbox', 0);
INSERT INTO counter (name, value) SELECT 'matched', value FROM counter WHERE name = 'revision';

CREATE TABLE subscription (
    id            INTEGER PRIMARY KEY,
    wanted        TEXT    NOT NULL, -- JSON: what its maker asked for
    address       TEXT    NOT NULL, -- where its digests go: a mail address or a URL; empty for a feed
    sources       BOOLEAN NOT NULL, -- whether it also watches how the sources are doing
    state         TEXT    NOT NULL, -- unconfirmed, active, left, refused, removed
    sentence      TEXT,             -- why nothing is sent to it any more
    since         BIGINT  NOT NULL, -- revisions after this one concern it
    due           BIGINT,           -- when its next digest is due; absent for what gets none
    last_made     BIGINT  NOT NULL, -- when its last digest was made, else when it became active
    told          TEXT    NOT NULL, -- JSON: the sources that were not well when it was last told
    confirm_token TEXT    NOT NULL UNIQUE,
    leave_token   TEXT    NOT NULL UNIQUE,
    feed_token    TEXT    NOT NULL,
    secret        TEXT    NOT NULL, -- the key that its webhooks are signed with
    created       BIGINT  NOT NULL
);
CREATE INDEX subscription_due ON subscription (state, due);

-- Each revision that a subscription is to be told of, and the digest in which it was.
CREATE TABLE delivery (
    id              INTEGER PRIMARY KEY,
    subscription_id BIGINT NOT NULL REFERENCES subscription (id),
    entry_id        BIGINT NOT NULL REFERENCES entry (id),
    revision        BIGINT NOT NULL, -- its number within the entry
    changes         TEXT   NOT NULL, -- JSON array: what the revision changed
    unfiltered      TEXT,            -- why it was let through without having been matched
    digest_id       BIGINT           -- absent while it waits
);
CREATE INDEX delivery_waiting ON delivery (subscription_id, digest_id);
CREATE INDEX delivery_of_entry ON delivery (entry_id, subscription_id);

-- Digests as they were made; `token` is the unguessable part of the address at which each is read.
CREATE TABLE digest (
    id              INTEGER PRIMARY KEY,
    subscription_id BIGINT NOT NULL REFERENCES subscription (id),
    token           TEXT   NOT NULL UNIQUE,
    made            BIGINT NOT NULL,
    content         TEXT   NOT NULL -- JSON
);
CREATE INDEX digest_of_subscription ON digest (subscription_id, made);

-- What has still to be sent, and what became of what was. `begun` counts how often sending was begun, `undone` how often
-- it is known for certain that nothing arrived: more begun than undone means that it may have arrived before.
CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY,
    subscription_id BIGINT NOT NULL REFERENCES subscription (id),
    digest_id       BIGINT REFERENCES digest (id), -- absent for a request to confirm an address
    address         TEXT   NOT NULL,
    message         TEXT   NOT NULL UNIQUE, -- the part of its message identifier before the @
    state           TEXT   NOT NULL, -- waiting, sent, refused, dropped
    sentence        TEXT,            -- why it was not sent at the last attempt
    created         BIGINT NOT NULL,
    next_try        BIGINT NOT NULL,
    begun           BIGINT NOT NULL,
    undone          BIGINT NOT NULL,
    sent            BIGINT,
    leased_until    BIGINT NOT NULL,
    leased_by       TEXT   NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (state, next_try);
CREATE INDEX outbox_of_digest ON outbox (digest_id);
