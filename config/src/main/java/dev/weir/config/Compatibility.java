package dev.weir.config;

import java.util.Locale;

/// Whose error texts and SQLSTATEs clients see where PgBouncer and PostgreSQL differ.
public enum Compatibility implements Choice {
    /// What PostgreSQL itself would have said.
    WEIR,
    /// PgBouncer's texts and codes, for those who match on them.
    PGBOUNCER;

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
