package dev.weir.console.alert;

import dev.weir.console.json.JsonShape;
import java.util.List;

/// How an alert looks in JSON.
public final class AlertShape {

    /// The shape.
    public static final JsonShape<Alert> SHAPE = JsonShape.<Alert>of("Alert")
            .choice(
                    "rule",
                    "what was looked for",
                    AlertRule.names(),
                    a -> a.key().rule())
            .choice(
                    "severity",
                    "how soon somebody should look",
                    List.of("warning", "critical"),
                    a -> a.key().severity().text())
            .choice(
                    "state",
                    "what has become of it",
                    List.of("pending", "active", "cleared"),
                    a -> a.state().text())
            .text(
                    "database",
                    "the database that it is about; empty if it is about none",
                    a -> a.key().database())
            .text(
                    "user",
                    "the user of the pool that it is about; empty if it is about none",
                    a -> a.key().user())
            .text("summary", "what is wrong, as of the last time that the threshold was reached", Alert::summary)
            .number("value", "what was measured then", Alert::value)
            .number("threshold", "from where on that is too much", Alert::threshold)
            .text(
                    "unit",
                    "what value and threshold count",
                    a -> AlertRule.unitOf(a.key().rule()))
            .time("since", "since when the threshold was reached", Alert::since)
            .time("raised_at", "when it was raised; null while it is pending", Alert::raisedAt)
            .time("cleared_at", "when it was cleared; null until then", Alert::clearedAt);

    private AlertShape() {}
}
