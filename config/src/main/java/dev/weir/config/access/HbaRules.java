package dev.weir.config.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rules of `auth_hba_file` in their order. Immutable.
public record HbaRules(List<HbaRule> rules) {
    /// No rule: nobody may come in.
    public static final HbaRules NONE = new HbaRules(List.of());

    public HbaRules {
        rules = List.copyOf(rules);
    }

    /// The first rule that fits, or null.
    public @Nullable HbaRule find(LoginFacts login) {
        for (HbaRule rule : rules) {
            if (rule.fits(login)) {
                return rule;
            }
        }
        return null;
    }
}
