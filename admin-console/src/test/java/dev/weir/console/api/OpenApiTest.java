package dev.weir.console.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.console.InMemoryPooler;
import dev.weir.console.TestConfig;
import dev.weir.console.alert.Watch;
import dev.weir.console.json.JsonTree;
import dev.weir.console.port.BlockerState;
import dev.weir.console.port.ClientState;
import dev.weir.console.port.Endpoint;
import dev.weir.console.port.PinSnapshot;
import dev.weir.console.port.ServerState;
import dev.weir.console.port.SlowQuerySnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is answered is what the OpenAPI document says, and the checked-in document is the one that is served.
final class OpenApiTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "openapi.json");
    private static final Query NOTHING = Query.parse(null);

    private final InMemoryPooler pooler = new InMemoryPooler();
    private final Watch watch = new Watch(pooler, TestConfig::empty, 6432);
    private final Api api = new Api(pooler, watch.board(), watch.history(), watch.advisor());

    @BeforeEach
    void fill() {
        pooler.pools.add(InMemoryPooler.pool("shop", "bob"));
        pooler.pools.add(InMemoryPooler.pool("shop", "alice"));
        pooler.pools.add(InMemoryPooler.pool("books", "alice"));
        pooler.databases.add(InMemoryPooler.database("shop"));
        pooler.stats.add(InMemoryPooler.stats("shop", "alice", 1));
        pooler.clients.add(InMemoryPooler.client(5, ClientState.WAITING));
        pooler.clients.add(InMemoryPooler.client(3, ClientState.ACTIVE));
        pooler.servers.add(InMemoryPooler.server(4, ServerState.ACTIVE));
        pooler.pins.add(new PinSnapshot(
                "shop", "alice", 3, Endpoint.unix(6432), "app", 4711, "advisory lock", "1", 1_700_000_000_000_000L, 5));
        pooler.queries.add(InMemoryPooler.query("shop", 7, 2_000_000));
        pooler.queries.add(InMemoryPooler.query("books", 8, 3_000_000));
        pooler.slowQueries.add(new SlowQuerySnapshot(
                "shop",
                "alice",
                3,
                Endpoint.unix(6432),
                "app",
                4711,
                1_700_000_000_000_000L,
                2,
                1,
                3,
                true,
                "select $1"));
        pooler.blockers.add(InMemoryPooler.blocker(3, BlockerState.ACTIVE, false));
        pooler.blockers.add(InMemoryPooler.blocker(4, BlockerState.IDLE_IN_TRANSACTION, true));
    }

    @Test
    void whatMattersMostComesFirst() {
        String queries = answer("/api/queries", null);
        assertThat(queries.indexOf("\"books\"")).isPositive().isLessThan(queries.indexOf("\"shop\""));
        assertThat(answer("/api/queries", "database=shop"))
                .contains("\"query_id\":\"0000000000000007\"", "\"total_seconds\":0.002", "\"mean_seconds\":0.001")
                .doesNotContain("books");
        String blockers = answer("/api/blockers", null);
        assertThat(blockers.indexOf("\"client_id\":4")).isPositive().isLessThan(blockers.indexOf("\"client_id\":3"));
    }

    @Test
    void theCheckedInDocumentIsWhatIsServed() throws IOException {
        String served = text(api.openApi());
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(DOCUMENT, served);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("docs/openapi.json; write it anew with -Ddocs.write=true")
                .isEqualTo(served);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/status",
                "/api/pools",
                "/api/clients",
                "/api/servers",
                "/api/databases",
                "/api/stats",
                "/api/pins",
                "/api/queries",
                "/api/slow",
                "/api/blockers",
                "/api/alerts",
                "/api/history",
                "/api/config"
            })
    void everyAnswerIsAsDescribed(String path) {
        fillWatch();
        Map<String, Object> document = JsonTree.object(api.openApi());
        Object answer = JsonTree.read(Objects.requireNonNull(api.answer(path, NOTHING)));

        assertMatches(
                document,
                at(document, "paths", path, "get", "responses", "200", "content", "application/json", "schema"),
                answer,
                path);
    }

    /// So that alerts and history have something to tell: the pool above is overfull.
    private void fillWatch() {
        watch.tick(System.nanoTime() + 5_000_000_000L, Instant.now());
        watch.tick(System.nanoTime() + 30_000_000_000L, Instant.now());
        assertThat(watch.board().active()).isNotEmpty();
        assertThat(watch.history().points(null, null)).isNotEmpty();
    }

    @Test
    void everyPathIsTested() {
        Map<String, Object> document = JsonTree.object(api.openApi());
        assertThat(at(document, "paths").keySet())
                .containsExactlyInAnyOrder(
                        "/health/live",
                        "/health/ready",
                        "/metrics",
                        "/api/status",
                        "/api/pools",
                        "/api/clients",
                        "/api/servers",
                        "/api/databases",
                        "/api/stats",
                        "/api/pins",
                        "/api/queries",
                        "/api/slow",
                        "/api/blockers",
                        "/api/alerts",
                        "/api/advice",
                        "/api/history",
                        "/api/config");
    }

    @Test
    void listsAreOrderedFilteredAndPaged() {
        assertThat(answer("/api/pools", null)).contains("\"total\":3,\"offset\":0,\"limit\":1000");
        assertThat(answer("/api/pools", "limit=1&offset=1"))
                .contains("\"total\":3,\"offset\":1,\"limit\":1", "\"database\":\"shop\",\"user\":\"alice\"")
                .doesNotContain("bob", "books");
        assertThat(answer("/api/pools", "database=shop&user=bob")).contains("\"total\":1", "bob");
        assertThat(answer("/api/pools", "database=%3Cscript%3E")).contains("\"total\":0");
        assertThat(answer("/api/clients", null).indexOf("\"id\":3"))
                .isPositive()
                .isLessThan(answer("/api/clients", null).indexOf("\"id\":5"));
        assertThat(answer("/api/clients", "state=waiting")).contains("\"total\":1", "\"id\":5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=10001",
                "limit=x",
                "offset=-1",
                "state=bored",
                "stat=idle",
                "=",
                "state=%zz",
                "limit"
            })
    void whatIsAskedForWronglyIsRefused(String query) {
        assertThatThrownBy(() -> api.answer("/api/clients", Query.parse(query))).isInstanceOf(BadParameter.class);
    }

    @Test
    void showsWithUnitsAndTimesInIso8601() {
        assertThat(answer("/api/clients", null))
                .contains(
                        "\"connected_at\":\"2023-11-14T22:13:20Z\"",
                        "\"request_at\":null",
                        "\"request_seconds\":1.5",
                        "\"address\":\"127.0.0.1\",\"port\":40000");
        assertThat(answer("/api/pools", "user=bob"))
                .contains(
                        "\"max_wait_seconds\":3.000042",
                        "\"utilization_percent\":110",
                        "\"exhausted\":false",
                        "\"last_connect_failure\":null");
    }

    @Test
    void tellsTenThousandClientsInPagesOfAtMostThatMany() {
        pooler.clients.clear();
        for (int i = 0; i < 10_500; i++) {
            pooler.clients.add(InMemoryPooler.client(i, ClientState.IDLE));
        }
        Map<String, Object> all = JsonTree.object(
                Objects.requireNonNull(api.answer("/api/clients", Query.parse("limit=10000&offset=600"))));
        assertThat(all).containsEntry("total", 10_500L);
        assertThat((List<?>) all.get("clients")).hasSize(9_900);
        Map<String, Object> first = JsonTree.object(Objects.requireNonNull(api.answer("/api/clients", NOTHING)));
        assertThat((List<?>) first.get("clients")).hasSize(1_000);
    }

    private String answer(String path, @Nullable String query) {
        return text(Objects.requireNonNull(api.answer(path, Query.parse(query))));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> at(Map<String, Object> tree, String... path) {
        Map<String, Object> at = tree;
        for (String name : path) {
            at = (Map<String, Object>) Objects.requireNonNull(at.get(name), name);
        }
        return at;
    }

    /// As much of JSON Schema as the document uses.
    @SuppressWarnings("unchecked")
    private static void assertMatches(
            Map<String, Object> document, Map<String, Object> schema, @Nullable Object value, String where) {
        if (schema.get("$ref") instanceof String reference) {
            String[] path = reference.substring(2).split("/", -1);
            assertMatches(document, at(document, path), value, where);
            return;
        }
        List<String> types = schema.get("type") instanceof List<?> several
                ? (List<String>) several
                : List.of(String.valueOf(schema.get("type")));
        boolean integer = value instanceof Long && types.contains("integer");
        assertThat(types).as(where).contains(integer ? "integer" : type(value));
        if (schema.get("enum") instanceof List<?> values) {
            assertThat(values.contains(value))
                    .as(where + " is one of " + values)
                    .isTrue();
        }
        if ("date-time".equals(schema.get("format")) && value instanceof String time) {
            Instant.parse(time);
        }
        if (value instanceof Map<?, ?> object) {
            Map<String, Object> properties = at(schema, "properties");
            assertThat(Set.copyOf((List<String>) schema.get("required")))
                    .as(where)
                    .isEqualTo(object.keySet())
                    .isEqualTo(properties.keySet());
            object.forEach((name, member) ->
                    assertMatches(document, at(properties, (String) name), member, where + "." + name));
        }
        if (value instanceof List<?> array) {
            Map<String, Object> items = at(schema, "items");
            array.forEach(item -> assertMatches(document, items, item, where + "[]"));
        }
    }

    private static String type(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String _ -> "string";
            case Long _, Double _ -> "number";
            case Boolean _ -> "boolean";
            case Map<?, ?> _ -> "object";
            case List<?> _ -> "array";
            default -> throw new IllegalArgumentException(value.toString());
        };
    }
}
