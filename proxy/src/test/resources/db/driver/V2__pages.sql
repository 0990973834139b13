ALTER TABLE driver_book ADD COLUMN pages int NOT NULL DEFAULT 0;
CREATE FUNCTION driver_pages(bigint) RETURNS int LANGUAGE sql AS 'SELECT pages FROM driver_book WHERE id = $1';
