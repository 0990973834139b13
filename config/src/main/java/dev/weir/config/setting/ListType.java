package dev.weir.config.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Several texts: separated by commas in an ini file, an array (or a text with commas) in TOML. The order is kept;
/// empty items are dropped.
///
/// @param kind what the items are, for the reference page, such as `names`
record ListType(String kind) implements ValueType<List<String>> {
    private static final int ITEMS_MAX = 10_000;
    private static final int ITEM_BYTES_MAX = 1_024;

    @Override
    public String label() {
        return "list of " + kind;
    }

    @Override
    public String allowed() {
        return kind + " separated by commas, or in TOML an array of texts";
    }

    @Override
    public List<String> parse(RawValue raw) throws InvalidValue {
        return switch (raw) {
            case RawValue.IniText(String text) -> split(text);
            case RawValue.TomlText(String text) -> split(text);
            case RawValue.TomlArray(List<RawValue> items) -> array(items);
            case RawValue.TomlInteger _, RawValue.TomlFloat _, RawValue.TomlBoolean _, RawValue.TomlOther _ ->
                throw new InvalidValue("not a list of texts");
        };
    }

    private static List<String> split(String text) throws InvalidValue {
        List<String> items = new ArrayList<>();
        for (String item : text.split(",", ITEMS_MAX + 1)) {
            add(items, item);
        }
        return List.copyOf(items);
    }

    private static List<String> array(List<RawValue> values) throws InvalidValue {
        List<String> items = new ArrayList<>();
        for (RawValue value : values) {
            if (!(value instanceof RawValue.TomlText(String text))) {
                throw new InvalidValue("not a list of texts");
            }
            add(items, text);
        }
        return List.copyOf(items);
    }

    private static void add(List<String> items, String item) throws InvalidValue {
        String stripped = TextType.checked(item.strip(), ITEM_BYTES_MAX);
        if (items.size() == ITEMS_MAX) {
            throw new InvalidValue("more than " + ITEMS_MAX + " items");
        }
        if (!stripped.isEmpty()) {
            items.add(stripped);
        }
    }

    @Override
    public String show(List<String> value) {
        return String.join(", ", value);
    }

    @Override
    public String toml(List<String> value) {
        return value.stream().map(TextType::tomlString).collect(Collectors.joining(", ", "[", "]"));
    }
}
