-- The passwords are "test" and "other", hashed at the least cost there is.
INSERT INTO user (username, password)
VALUES
  ('test', '$argon2id$v=19$m=8,t=1,p=1$nYtg4EApZQiA0FzjR+62RQ$JiZje+h21Lgn33y1KJwzqXd955tHFVwQNsR5ktI62EA'),
  ('other', '$argon2id$v=19$m=8,t=1,p=1$+oPj+pFpEMdq4dxoTA2p5Q$JlUZLM8aRP9lPy/FuKMI2lrXbh2e4gRKuZp+/gfU+b0');

INSERT INTO post (title, body, author_id, created)
VALUES ('test title', 'test' || x'0a' || 'body', 1, '2018-01-01 00:00:00');
