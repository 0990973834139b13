CREATE INDEX CONCURRENTLY driver_book_title ON driver_book (title);
