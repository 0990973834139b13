CREATE TABLE driver_book (id bigint PRIMARY KEY, version int NOT NULL, title text NOT NULL, owner text NOT NULL);
CREATE SEQUENCE driver_book_seq INCREMENT BY 50;
