package dev.weir.proxy.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;

/// A diagnosis for programs: an object with the counts of each level and the array `findings`.
public final class DiagnosisJson {

    private DiagnosisJson() {}

    /// All of it.
    ///
    /// @param config the file that was looked at
    public static String of(String config, Diagnosis diagnosis) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("config", config);
            for (Level level : Level.values()) {
                json.writeNumberField(word(level), diagnosis.count(level));
            }
            json.writeArrayFieldStart("findings");
            for (Finding finding : diagnosis.findings()) {
                json.writeStartObject();
                json.writeStringField("level", word(finding.level()));
                json.writeStringField("check", finding.check());
                json.writeStringField("subject", finding.subject());
                json.writeStringField("message", finding.message());
                json.writeStringField("advice", finding.advice());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be written", e);
        }
        return text + "\n";
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
