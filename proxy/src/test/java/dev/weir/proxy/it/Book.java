package dev.weir.proxy.it;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

/// A row that Hibernate keeps.
@Entity
@Table(name = "driver_book")
class Book {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "driver_book_seq")
    @SequenceGenerator(name = "driver_book_seq", sequenceName = "driver_book_seq", allocationSize = 50)
    private Long id;

    @Version
    private int version;

    private String title;
    private String owner;
    private int pages;

    protected Book() {}

    Book(String owner, String title, int pages) {
        this.owner = owner;
        this.title = title;
        this.pages = pages;
    }

    Long id() {
        return id;
    }

    String owner() {
        return owner;
    }

    String title() {
        return title;
    }

    int pages() {
        return pages;
    }

    void addPages(int more) {
        pages += more;
    }
}
