package dev.weir.console.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/// A query parameter that a request may have.
///
/// @param name its name
/// @param meaning what it does
/// @param type `string` or `integer`, or the values that there are, separated by `|`
public record Parameter(String name, String meaning, String type) {

    static final Parameter DATABASE = new Parameter("database", "only of this database", "string");
    static final Parameter USER = new Parameter("user", "only of this user", "string");
    static final Parameter LIMIT =
            new Parameter("limit", "at most so many, 1000 unless told otherwise, 10000 at most", "integer");
    static final Parameter OFFSET = new Parameter("offset", "leave out so many at the beginning", "integer");

    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", name);
        out.writeStringField("in", "query");
        out.writeStringField("description", meaning);
        out.writeObjectFieldStart("schema");
        if (type.contains("|")) {
            out.writeStringField("type", "string");
            out.writeArrayFieldStart("enum");
            for (String value : type.split("\\|", -1)) {
                out.writeString(value);
            }
            out.writeEndArray();
        } else {
            out.writeStringField("type", type);
        }
        out.writeEndObject();
        out.writeEndObject();
    }
}
