package dev.weir.config.setting;

import dev.weir.config.access.BadOption;
import dev.weir.config.access.LdapOptions;

/// The options of LDAP, as behind the method `ldap` in `auth_hba_file`. Neither `show` nor `toml` gives away the
/// password among them.
record LdapOptionsType() implements ValueType<LdapOptions> {
    private static final int MAX_BYTES = 8_191;

    @Override
    public String label() {
        return "LDAP options";
    }

    @Override
    public String allowed() {
        return "options as `ldapserver=host ldapprefix=\"cn=\" ldapsuffix=\", dc=example, dc=org\"`";
    }

    @Override
    public LdapOptions parse(RawValue raw) throws InvalidValue {
        return switch (raw) {
            case RawValue.IniText(String text) -> parse(text);
            case RawValue.TomlText(String text) -> parse(text);
            case RawValue.TomlInteger _,
                    RawValue.TomlFloat _,
                    RawValue.TomlBoolean _,
                    RawValue.TomlArray _,
                    RawValue.TomlOther _ -> throw new InvalidValue("not a text");
        };
    }

    private static LdapOptions parse(String text) throws InvalidValue {
        try {
            return LdapOptions.parse(TextType.checked(text, MAX_BYTES));
        } catch (BadOption e) {
            throw new InvalidValue(e.reason());
        }
    }

    @Override
    public String show(LdapOptions value) {
        return value.toString();
    }

    @Override
    public String toml(LdapOptions value) {
        return TextType.tomlString(value.toString());
    }
}
