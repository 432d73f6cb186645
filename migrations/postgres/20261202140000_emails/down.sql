DROP TABLE emails;
DROP TABLE email_contents;
