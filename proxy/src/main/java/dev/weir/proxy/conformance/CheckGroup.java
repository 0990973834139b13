package dev.weir.proxy.conformance;

import java.util.ArrayList;
import java.util.List;

/// Checks of one feature.
///
/// @param title heads them in the report
/// @param checks in the order of the report
public record CheckGroup(String title, List<Check> checks) {

    /// Copies the list.
    public CheckGroup {
        checks = List.copyOf(checks);
    }

    static Builder named(String prefix, String title) {
        return new Builder(prefix, title);
    }

    /// Collects the checks of a group.
    static final class Builder {

        private final String prefix;
        private final String title;
        private final List<Check> checks = new ArrayList<>();

        private Builder(String prefix, String title) {
            this.prefix = prefix;
            this.title = title;
        }

        Builder check(String name, String claim, Check.Body body) {
            checks.add(new Check(prefix + "." + name, claim, body));
            return this;
        }

        CheckGroup build() {
            return new CheckGroup(title, checks);
        }
    }
}
