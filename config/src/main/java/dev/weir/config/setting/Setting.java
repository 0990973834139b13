package dev.weir.config.setting;

import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One thing an operator can tell Weir, declared once: from the declaration follow parsing, the default, validation,
/// `SHOW CONFIG`, `SET`, what a reload may change and the reference page. Immutable; equal only to itself.
///
/// @param <T> the type of its values
public final class Setting<T> {
    private final SettingBuilder<T> declared;
    private final Set<Scope> scopes;

    Setting(SettingBuilder<T> declared) {
        this.declared = declared.copy();
        this.scopes = EnumSet.copyOf(declared.scopes);
        if (declared.documentation.isEmpty()) {
            throw new IllegalStateException(declared.name + " lacks its documentation");
        }
    }

    /// The key in configuration files, such as `max_client_conn`.
    public String name() {
        return declared.name;
    }

    /// Other keys for the same setting, from older versions of PgBouncer.
    public List<String> aliases() {
        return declared.aliases;
    }

    public ValueType<T> type() {
        return declared.type;
    }

    /// The value when none is given. An empty text, list or secret stands for "not set".
    public T defaultValue() {
        return declared.defaultValue;
    }

    /// Whether it may be given in this place.
    public boolean in(Scope scope) {
        return scopes.contains(scope);
    }

    /// The places where it may be given.
    public Set<Scope> scopes() {
        return EnumSet.copyOf(scopes);
    }

    /// Whether a reload or `SET` can change it; otherwise a change waits for a restart.
    public boolean reloadable() {
        return declared.reloadable;
    }

    /// Which version brought it, such as `PgBouncer 1.24` or `Weir 0.1`.
    public String since() {
        return declared.since;
    }

    public Availability availability() {
        return declared.availability;
    }

    /// Whether this version of Weir can do what the value asks for.
    public boolean supports(T value) {
        return switch (declared.availability) {
            case FULL, NO_EFFECT -> true;
            case PARTIAL -> supported().test(value);
            case MISSING -> declared.defaultValue.equals(value);
        };
    }

    /// The values this version supports, in words.
    public String supportedText() {
        return declared.supportedText;
    }

    private Predicate<T> supported() {
        return Objects.requireNonNull(declared.supported);
    }

    /// The global setting whose value holds where this one is not given, if that has a name of its own.
    public @Nullable Setting<T> fallback() {
        return declared.fallback;
    }

    /// Whether values must not be shown.
    public boolean secret() {
        return declared.type instanceof SecretType;
    }

    /// Whether what somebody has written for a value may contain a secret, so that it must not be quoted.
    public boolean mayContainSecret() {
        return secret() || declared.type instanceof LdapOptionsType;
    }

    /// What it does, in a line or two of Markdown.
    public String documentation() {
        return declared.documentation;
    }

    /// How Weir differs here from PgBouncer, or null if it does not.
    public @Nullable String difference() {
        return declared.difference;
    }

    /// The value in PgBouncer's words; null where PgBouncer shows NULL for a setting that is not set.
    public @Nullable String show(T value) {
        String text = declared.type.show(value);
        return text.isEmpty() && declared.nullWhenEmpty ? null : text;
    }

    /// The default in PgBouncer's words.
    public @Nullable String showDefault() {
        return declared.defaultText != null ? declared.defaultText : show(declared.defaultValue);
    }

    /// Its name.
    @Override
    public String toString() {
        return declared.name;
    }
}
