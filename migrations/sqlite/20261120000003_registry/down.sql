DROP TABLE accounts;
DROP TABLE client_words;
DROP TABLE clients;
DROP TABLE operators;
