package dev.weir.config.setting;

import java.util.List;

/// How the values of a setting are written, read and bounded. Immutable; `T` is immutable as well.
///
/// @param <T> what the rest of the program gets to see
public sealed interface ValueType<T>
        permits BooleanType,
                ChoiceType,
                DurationType,
                IntegerType,
                LdapOptionsType,
                ListType,
                NetworkListType,
                ParsedTextType,
                SecretType,
                SizeType,
                TextType {
    /// What kind of value it is, for the reference page, such as `duration`.
    String label();

    /// What is allowed, as the end of a sentence that begins with "expected", such as `a duration from 0 to 1 h`.
    String allowed();

    /// The words it can be, if it is a choice of some; otherwise none.
    default List<String> words() {
        return List.of();
    }

    /// Reads a value.
    ///
    /// @throws InvalidValue if it is not one of the allowed values
    T parse(RawValue raw) throws InvalidValue;

    /// The value in PgBouncer's words, as `SHOW CONFIG` prints it and an ini file takes it.
    String show(T value);

    /// The value as a TOML file takes it.
    String toml(T value);
}
