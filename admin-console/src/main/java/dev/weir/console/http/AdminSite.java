package dev.weir.console.http;

import dev.weir.config.MetricNames;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.HttpSettings;
import dev.weir.console.alert.Watch;
import dev.weir.console.api.Api;
import dev.weir.console.api.BadParameter;
import dev.weir.console.api.Parameter;
import dev.weir.console.api.Query;
import dev.weir.console.port.PoolerView;
import dev.weir.console.port.ServerProbe;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All pages, whatever listener they are asked for at. What a page needs is loaded when somebody first asks for it: a
/// pooler
/// that nobody looks at pays for none of them. Thread-safe; blocks while the pooler answers.
public final class AdminSite implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(AdminSite.class);

    private static final List<Parameter> NAMES =
            List.of(new Parameter("names", "under whose names", "weir|pgbouncer|both"));

    private final PoolerView view;
    private final Supplier<WeirConfig> config;
    private final Watch watch;
    private final Authorization authorization;
    private final HealthEndpoint health;
    private @Nullable MetricsEndpoint metrics;
    private @Nullable Api api;
    private boolean closed;

    /// The pages of that pooler.
    ///
    /// @param watch has the alerts and the history
    public AdminSite(PoolerView view, ServerProbe probe, Supplier<WeirConfig> config, Watch watch) {
        this.view = view;
        this.config = config;
        this.watch = watch;
        this.authorization = new Authorization(config);
        this.health = new HealthEndpoint(view, probe, config);
    }

    /// What listeners encrypt with; `null` for plain HTTP.
    @Nullable
    SSLContext encryption() {
        return ServerCertificate.context(config);
    }

    /// @param rawQuery what stands behind the question mark
    /// @param accept the formats that the client reads, if it says so
    /// @param credentials what it brings, if anything
    Response get(String path, @Nullable String rawQuery, @Nullable String accept, @Nullable String credentials) {
        boolean admitted = authorization.admits(credentials);
        boolean open = path.startsWith("/health/");
        if (!admitted && !open) {
            return Response.error(401, "credentials are needed").with("WWW-Authenticate", Authorization.CHALLENGE);
        }
        try {
            return get(path, Query.parse(rawQuery), accept, admitted);
        } catch (BadParameter e) {
            return Response.error(400, String.valueOf(e.getMessage()));
        } catch (CompletionException e) {
            LOGGER.warn("request for {} failed: {}", path, e.getMessage());
            return Response.error(503, "the event loops do not answer");
        } catch (IOException | RuntimeException e) {
            LOGGER.error("request for {} failed", path, e);
            return Response.error(500, "internal error, see log for details");
        }
    }

    private Response get(String path, Query query, @Nullable String accept, boolean admitted) throws IOException {
        return switch (path) {
            case "/health/live" -> health.live(query);
            case "/health/ready" -> health.ready(query, admitted);
            case "/metrics" -> metrics().scrape(accept, names(query));
            default -> path.startsWith("/api/") ? fromApi(path, query) : Assets.find(path);
        };
    }

    private Response fromApi(String path, Query query) {
        byte[] answer = api().answer(path, query);
        return answer == null ? Response.error(404, "not found") : Response.json(200, answer);
    }

    private MetricNames names(Query query) {
        query.allowOnly(NAMES);
        String wanted = query.find("names");
        return wanted == null
                ? config.get().get(HttpSettings.METRICS_NAMES)
                : Arrays.stream(MetricNames.values())
                        .filter(names -> names.text().equals(wanted))
                        .findFirst()
                        .orElseThrow(() -> BadParameter.of("names is to be weir, pgbouncer or both"));
    }

    private synchronized MetricsEndpoint metrics() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (metrics == null) {
            metrics = new MetricsEndpoint(view, watch.board());
        }
        return metrics;
    }

    private synchronized Api api() {
        if (api == null) {
            api = new Api(view, watch.board(), watch.history(), watch.advisor());
        }
        return api;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (metrics != null) {
            metrics.close();
            metrics = null;
        }
    }
}
