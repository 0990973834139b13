package dev.weir.console.alert;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.weir.config.WebhookFormat;
import dev.weir.console.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;

/// What a webhook is sent. Pure functions.
final class WebhookBody {

    /// Alertmanager takes an alert for over at its end, unless it hears of it again.
    private static final Duration ALERTMANAGER_KEEPS = Duration.ofMinutes(4);

    private WebhookBody() {}

    /// @param instance which Weir this is
    static byte[] of(WebhookFormat format, List<Alert> alerts, String instance, Instant now) {
        return Json.bytes(out -> {
            switch (format) {
                case JSON -> own(out, alerts, instance, now);
                case SLACK -> slack(out, alerts, instance);
                case ALERTMANAGER -> alertmanager(out, alerts, instance, now);
            }
        });
    }

    private static void own(JsonGenerator out, List<Alert> alerts, String instance, Instant now) throws IOException {
        out.writeStartObject();
        out.writeStringField("instance", instance);
        out.writeStringField("time", text(now));
        out.writeArrayFieldStart("alerts");
        for (Alert alert : alerts) {
            AlertShape.SHAPE.write(out, alert);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /// An incoming webhook of Slack: markup is `*bold*`, and three characters have to be written otherwise.
    private static void slack(JsonGenerator out, List<Alert> alerts, String instance) throws IOException {
        out.writeStartObject();
        out.writeStringField(
                "text", alerts.stream().map(alert -> line(alert, instance)).collect(Collectors.joining("\n")));
        out.writeEndObject();
    }

    private static String line(Alert alert, String instance) {
        boolean over = alert.state() == AlertState.CLEARED;
        String sign = over
                ? ":white_check_mark:"
                : alert.key().severity() == Severity.CRITICAL ? ":rotating_light:" : ":warning:";
        String text = "%s *%s* %s on %s: %s"
                .formatted(sign, over ? "cleared" : "raised", alert.key(), instance, alert.summary());
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /// `POST /api/v2/alerts` of Alertmanager.
    private static void alertmanager(JsonGenerator out, List<Alert> alerts, String instance, Instant now)
            throws IOException {
        out.writeStartArray();
        for (Alert alert : alerts) {
            Instant end = alert.clearedAt();
            out.writeStartObject();
            out.writeObjectFieldStart("labels");
            out.writeStringField("alertname", "weir_" + alert.key().rule());
            out.writeStringField("severity", alert.key().severity().text());
            out.writeStringField("instance", instance);
            // A label without a value is one that is not there.
            if (!alert.key().database().isEmpty()) {
                out.writeStringField("database", alert.key().database());
            }
            if (!alert.key().user().isEmpty()) {
                out.writeStringField("user", alert.key().user());
            }
            out.writeEndObject();
            out.writeObjectFieldStart("annotations");
            out.writeStringField("summary", alert.summary());
            out.writeEndObject();
            out.writeStringField("startsAt", text(alert.since()));
            out.writeStringField("endsAt", text(end == null ? now.plus(ALERTMANAGER_KEEPS) : end));
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
