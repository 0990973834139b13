package dev.weir.console.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;

/// Writes JSON texts. Pure functions.
public final class Json {

    private static final int MICROS_DIGITS = 6;
    private static final long NANOS_PER_MICRO = 1_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private Json() {}

    /// What writes one value.
    @FunctionalInterface
    public interface Body {
        /// Writes the value, and nothing behind it.
        void write(JsonGenerator out) throws IOException;
    }

    /// A text in UTF-8 on one line.
    public static byte[] bytes(Body body) {
        return bytes(body, false);
    }

    /// A text in UTF-8 for people to read, with a line feed at its end.
    public static byte[] pretty(Body body) {
        return bytes(body, true);
    }

    private static byte[] bytes(Body body, boolean pretty) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            if (pretty) {
                out.useDefaultPrettyPrinter();
            }
            body.write(out);
            if (pretty) {
                out.writeRaw('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /// Writes nanoseconds as seconds, to the microsecond.
    public static void seconds(JsonGenerator out, long nanos) throws IOException {
        out.writeNumber(
                BigDecimal.valueOf(nanos / NANOS_PER_MICRO, MICROS_DIGITS).stripTrailingZeros());
    }
}
