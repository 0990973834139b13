package dev.weir.config.check;

import dev.weir.config.Origin;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AlertSettings;
import java.net.URI;
import java.net.URISyntaxException;

/// Finds addresses that a webhook cannot have.
final class WebhookChecks {

    private WebhookChecks() {}

    static void check(WeirConfig config, CheckedValues global, Problems problems) {
        String address = config.get(AlertSettings.ALERT_WEBHOOK_URL).reveal();
        if (!address.isEmpty() && !isHttp(address)) {
            // The address itself stays out of the message: it may hold a key.
            problems.add(Problem.error(
                    global.originOf(
                            AlertSettings.ALERT_WEBHOOK_URL,
                            Origin.wholeFile(config.file().toString())),
                    AlertSettings.ALERT_WEBHOOK_URL.name(),
                    "not an address such as https://host/path"));
        }
    }

    private static boolean isHttp(String address) {
        try {
            URI uri = new URI(address);
            String scheme = uri.getScheme();
            return uri.getHost() != null && ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme));
        } catch (URISyntaxException _) {
            return false;
        }
    }
}
