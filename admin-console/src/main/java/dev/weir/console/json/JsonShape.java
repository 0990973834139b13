package dev.weir.console.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// How a JSON object follows from a thing: each member together with the value it takes and what it means. Answers and
/// the
/// OpenAPI document are made of the same shape, so they cannot disagree. Immutable; the `text`, `integer` … methods
/// return a longer shape.
///
/// @param <T> the thing that one object shows
public final class JsonShape<T> {

    /// What writes a member's value.
    @FunctionalInterface
    private interface Writer<T> {
        void write(JsonGenerator out, T item) throws IOException;
    }

    /// @param schema writes the members of the value's JSON Schema, but for the description
    private record Member<T>(String name, String meaning, Json.Body schema, Writer<T> value) {}

    private final String name;
    private final List<Member<T>> members;
    private final Map<String, JsonShape<?>> parts;

    private JsonShape(String name, List<Member<T>> members, Map<String, JsonShape<?>> parts) {
        this.name = name;
        this.members = members;
        this.parts = parts;
    }

    /// A shape without members.
    ///
    /// @param name what such objects are called in the OpenAPI document
    public static <T> JsonShape<T> of(String name) {
        return new JsonShape<>(name, List.of(), Map.of());
    }

    /// What such objects are called in the OpenAPI document.
    public String name() {
        return name;
    }

    /// The shapes of objects within, by name.
    public Map<String, JsonShape<?>> parts() {
        return parts;
    }

    /// Adds a text.
    public JsonShape<T> text(String member, String meaning, Function<T, String> value) {
        return with(member, meaning, type("string"), (out, item) -> out.writeString(value.apply(item)));
    }

    /// Adds a text or null.
    public JsonShape<T> optionalText(String member, String meaning, Function<T, @Nullable String> value) {
        // The generator writes null for null.
        return with(member, meaning, optional("string"), (out, item) -> out.writeString(value.apply(item)));
    }

    /// Adds a text that is one of few.
    public JsonShape<T> choice(String member, String meaning, List<String> values, Function<T, String> value) {
        return with(
                member,
                meaning,
                out -> {
                    out.writeStringField("type", "string");
                    out.writeArrayFieldStart("enum");
                    for (String each : values) {
                        out.writeString(each);
                    }
                    out.writeEndArray();
                },
                (out, item) -> out.writeString(value.apply(item)));
    }

    /// Adds a whole number.
    public JsonShape<T> integer(String member, String meaning, ToLongFunction<T> value) {
        return with(member, meaning, type("integer"), (out, item) -> out.writeNumber(value.applyAsLong(item)));
    }

    /// Adds a whole number or null.
    public JsonShape<T> optionalInteger(String member, String meaning, Function<T, @Nullable Long> value) {
        return with(member, meaning, optional("integer"), (out, item) -> {
            Long number = value.apply(item);
            if (number == null) {
                out.writeNull();
            } else {
                out.writeNumber(number.longValue());
            }
        });
    }

    /// Adds a number; what is not finite becomes null.
    public JsonShape<T> number(String member, String meaning, ToDoubleFunction<T> value) {
        return with(member, meaning, type("number"), (out, item) -> out.writeNumber(value.applyAsDouble(item)));
    }

    /// Adds a length of time, given in nanoseconds and shown in seconds to the microsecond.
    public JsonShape<T> seconds(String member, String meaning, ToLongFunction<T> nanos) {
        return with(member, meaning, type("number"), (out, item) -> Json.seconds(out, nanos.applyAsLong(item)));
    }

    /// Adds yes or no.
    public JsonShape<T> flag(String member, String meaning, Predicate<T> value) {
        return with(member, meaning, type("boolean"), (out, item) -> out.writeBoolean(value.test(item)));
    }

    /// Adds a moment or null, in ISO 8601 and UTC, to the millisecond.
    public JsonShape<T> time(String member, String meaning, Function<T, @Nullable Instant> value) {
        return with(
                member,
                meaning,
                out -> {
                    optional("string").write(out);
                    out.writeStringField("format", "date-time");
                },
                (out, item) -> {
                    Instant instant = value.apply(item);
                    out.writeString(
                            instant == null
                                    ? null
                                    : instant.truncatedTo(ChronoUnit.MILLIS).toString());
                });
    }

    /// Adds a moment given in microseconds since 1970; 0 becomes null.
    public JsonShape<T> epochMicros(String member, String meaning, ToLongFunction<T> micros) {
        return time(member, meaning, item -> {
            long at = micros.applyAsLong(item);
            return at == 0 ? null : Instant.EPOCH.plus(at, ChronoUnit.MICROS);
        });
    }

    /// Adds an object of another shape.
    public <U> JsonShape<T> object(String member, String meaning, JsonShape<U> shape, Function<T, U> value) {
        return with(member, meaning, reference(shape), (out, item) -> shape.write(out, value.apply(item)))
                .containing(shape);
    }

    /// Adds a list of objects of another shape.
    public <U> JsonShape<T> list(String member, String meaning, JsonShape<U> shape, Function<T, List<U>> values) {
        return with(
                        member,
                        meaning,
                        out -> {
                            out.writeStringField("type", "array");
                            out.writeObjectFieldStart("items");
                            reference(shape).write(out);
                            out.writeEndObject();
                        },
                        (out, item) -> {
                            out.writeStartArray();
                            for (U each : values.apply(item)) {
                                shape.write(out, each);
                            }
                            out.writeEndArray();
                        })
                .containing(shape);
    }

    /// Writes one object.
    public void write(JsonGenerator out, T item) throws IOException {
        out.writeStartObject();
        for (Member<T> member : members) {
            out.writeFieldName(member.name);
            member.value.write(out, item);
        }
        out.writeEndObject();
    }

    /// Writes the JSON Schema of such objects (draft 2020-12, as OpenAPI 3.1 has it).
    public void schema(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("type", "object");
        out.writeArrayFieldStart("required");
        for (Member<T> member : members) {
            out.writeString(member.name);
        }
        out.writeEndArray();
        out.writeObjectFieldStart("properties");
        for (Member<T> member : members) {
            out.writeObjectFieldStart(member.name);
            member.schema.write(out);
            out.writeStringField("description", member.meaning);
            out.writeEndObject();
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private JsonShape<T> with(String member, String meaning, Json.Body schema, Writer<T> value) {
        List<Member<T>> longer = new ArrayList<>(members);
        longer.add(new Member<>(member, meaning, schema, value));
        return new JsonShape<>(name, List.copyOf(longer), parts);
    }

    private JsonShape<T> containing(JsonShape<?> part) {
        Map<String, JsonShape<?>> more = new LinkedHashMap<>(parts);
        more.putAll(part.parts);
        more.put(part.name, part);
        return new JsonShape<>(name, members, more);
    }

    private static Json.Body type(String type) {
        return out -> out.writeStringField("type", type);
    }

    private static Json.Body optional(String type) {
        return out -> {
            out.writeArrayFieldStart("type");
            out.writeString(type);
            out.writeString("null");
            out.writeEndArray();
        };
    }

    private static Json.Body reference(JsonShape<?> shape) {
        return out -> out.writeStringField("$ref", "#/components/schemas/" + shape.name);
    }
}
