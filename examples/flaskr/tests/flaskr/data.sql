-- The passwords are "test" and "other", hashed with few rounds.
INSERT INTO user (username, password)
VALUES
  ('test', 'pbkdf2:sha256:1000$WJ5wY0mClNrZnwn1$55a0976203a12d8105f73bb79652682b67f374e56b360a4e605bb8d5d8fdd9dd'),
  ('other', 'pbkdf2:sha256:1000$yaIIdYr9FqvSI2De$091990db1c85520ed6930c30fd20de993e1dac338c5571340e8277a3a317e960');

INSERT INTO post (title, body, author_id, created)
VALUES ('test title', 'test' || x'0a' || 'body', 1, '2018-01-01 00:00:00');
