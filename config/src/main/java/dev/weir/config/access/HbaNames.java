package dev.weir.config.access;

import java.util.Set;

/// The column `database` or `user` of a rule. Immutable.
///
/// @param all the keyword `all`
/// @param sameUser the keyword `sameuser`: the database that is called like the user
/// @param replication the keyword `replication`: physical replication, which has no database
/// @param names the names themselves
public record HbaNames(boolean all, boolean sameUser, boolean replication, Set<String> names) {
    public HbaNames {
        names = Set.copyOf(names);
    }

    /// Whether a login's database is meant.
    boolean fitDatabase(LoginFacts login) {
        if (login.physicalReplication()) {
            return replication;
        }
        return all || (sameUser && login.database().equals(login.user())) || names.contains(login.database());
    }

    /// Whether a login's user is meant.
    boolean fitUser(LoginFacts login) {
        return all || names.contains(login.user());
    }
}
