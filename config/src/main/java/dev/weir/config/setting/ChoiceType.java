package dev.weir.config.setting;

import dev.weir.config.Choice;
import java.util.Arrays;
import java.util.List;

/// One word of a closed set, matched without regard to case.
///
/// @param choices all of them, in the order in which messages list them
record ChoiceType<E extends Enum<E> & Choice>(List<E> choices) implements ValueType<E> {
    ChoiceType {
        choices = List.copyOf(choices);
    }

    static <E extends Enum<E> & Choice> ChoiceType<E> of(Class<E> type) {
        return new ChoiceType<>(Arrays.asList(type.getEnumConstants()));
    }

    @Override
    public String label() {
        return "choice";
    }

    @Override
    public String allowed() {
        return "one of " + String.join(", ", words());
    }

    @Override
    public List<String> words() {
        return choices.stream().map(Choice::text).toList();
    }

    @Override
    public E parse(RawValue raw) throws InvalidValue {
        return switch (raw) {
            case RawValue.IniText(String text) -> named(text);
            case RawValue.TomlText(String text) -> named(text);
            case RawValue.TomlInteger _,
                    RawValue.TomlFloat _,
                    RawValue.TomlBoolean _,
                    RawValue.TomlArray _,
                    RawValue.TomlOther _ -> throw new InvalidValue("not a text");
        };
    }

    private E named(String text) throws InvalidValue {
        for (E choice : choices) {
            if (choice.text().equalsIgnoreCase(text)) {
                return choice;
            }
        }
        throw new InvalidValue("not known");
    }

    @Override
    public String show(E value) {
        return value.text();
    }

    @Override
    public String toml(E value) {
        return "\"" + value.text() + "\"";
    }
}
