-- Where people signed in well lately: wrong guesses elsewhere do not keep them out there.
CREATE TABLE sign_in_addresses (
    user_id         TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    -- An IPv4 address, or the first half of an IPv6 one.
    network         TEXT NOT NULL,
    used_at         TEXT NOT NULL,
    PRIMARY KEY (user_id, network),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
) STRICT;
