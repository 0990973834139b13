package dev.weir.config;

import java.util.Locale;

/// What a webhook is sent about alerts.
public enum WebhookFormat implements Choice {
    /// Weir's own JSON: the alert as `/api/alerts` shows it.
    JSON,
    /// A message for Slack and what understands the same.
    SLACK,
    /// What Prometheus sends to Alertmanager (`POST /api/v2/alerts`).
    ALERTMANAGER;

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
