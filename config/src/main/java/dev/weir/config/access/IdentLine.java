package dev.weir.config.access;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.weir.config.Origin;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// One line of `auth_ident_file`: a name that the system or a certificate gives, and the user that may be had for it.
/// Immutable.
///
/// Regular expressions are RE2's: matching takes time in proportion to the length of the name, whatever the expression.
///
/// @param origin where it is written
/// @param systemName the name, where it is not an expression
/// @param expression what is to be found in the name, or null
/// @param user the user, in which `\1` stands for the expression's first group
/// @param anyUser whether every user may be had
public record IdentLine(
        Origin origin, String systemName, @Nullable Pattern expression, String user, boolean anyUser) {
    /// Where the first group goes.
    public static final String FIRST_GROUP = "\\1";

    /// Whether who is known as `name` may become `wanted`.
    ///
    /// @param meant whether a name, the first, means another
    boolean allows(String name, BiPredicate<String, String> meant, String wanted) {
        Pattern pattern = expression;
        if (pattern == null) {
            return meant.test(name, systemName) && (anyUser || user.equals(wanted));
        }
        Matcher matcher = pattern.matcher(name);
        // a name with a wildcard is nobody in particular
        if (name.indexOf('*') >= 0 || !matcher.find()) {
            return false;
        }
        if (anyUser) {
            return true;
        }
        int at = user.indexOf(FIRST_GROUP);
        if (at < 0) {
            return user.equals(wanted);
        }
        String group = matcher.group(1);
        return group != null
                && (user.substring(0, at) + group + user.substring(at + FIRST_GROUP.length())).equals(wanted);
    }
}
