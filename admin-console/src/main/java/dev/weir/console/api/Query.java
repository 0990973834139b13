package dev.weir.console.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The parameters of one request. Immutable.
public final class Query {

    private static final int LENGTH_MAX = 8_192;

    private final Map<String, String> values;

    private Query(Map<String, String> values) {
        this.values = values;
    }

    /// Reads what stands behind the question mark.
    ///
    /// @param raw still encoded; `null` if there is none
    /// @throws BadParameter if it cannot be read, or a parameter comes twice
    public static Query parse(@Nullable String raw) {
        Map<String, String> values = new LinkedHashMap<>();
        if (raw != null && !raw.isEmpty()) {
            if (raw.length() > LENGTH_MAX) {
                throw new BadParameter("the query is too long");
            }
            for (String pair : raw.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
                if (values.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1))) != null) {
                    throw new BadParameter("more than one " + name);
                }
            }
        }
        return new Query(Map.copyOf(values));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw new BadParameter("the query is not encoded as it should be");
        }
    }

    /// A parameter's value, if it was given.
    public @Nullable String find(String name) {
        return values.get(name);
    }

    /// A parameter that is a whole number.
    ///
    /// @throws BadParameter if it is none, or out of bounds
    int integer(String name, int otherwise, int min, int max) {
        String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException _) {
            // told below
        }
        throw new BadParameter(name + " is to be a number from " + min + " to " + max);
    }

    /// Refuses parameters that nobody knows: a misspelt filter must not show everything.
    ///
    /// @throws BadParameter if there is one
    public void allowOnly(List<Parameter> known) {
        for (String name : values.keySet()) {
            if (known.stream().noneMatch(parameter -> parameter.name().equals(name))) {
                throw new BadParameter("there is no parameter " + name);
            }
        }
    }
}
