package dev.weir.console.api;

import dev.weir.console.json.Json;
import dev.weir.console.json.JsonShape;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/// A list of things, in pages: how many there are in all, and those from `offset` on, at most `limit`. Between two
/// pages
/// things come and go; lists are ordered by what does not change, so nothing that stays is told twice. Thread-safe.
final class ListResource<T> implements Resource {

    private static final int LIMIT = 1_000;
    private static final int LIMIT_MAX = 10_000;

    /// One page.
    ///
    /// @param items on this page
    record Page<T>(Instant time, int total, int offset, int limit, List<T> items) {}

    /// A parameter that leaves things out.
    record Filter<T>(Parameter parameter, BiPredicate<T, String> matches) {}

    private final String path;
    private final String summary;
    private final JsonShape<Page<T>> shape;
    private final Comparator<? super T> order;
    private final List<Filter<T>> filters;
    private final Supplier<CompletionStage<List<T>>> read;

    /// @param key what the list is called in the answer
    ListResource(
            String path,
            String summary,
            String key,
            JsonShape<T> item,
            Comparator<? super T> order,
            List<Filter<T>> filters,
            Supplier<CompletionStage<List<T>>> read) {
        this.path = path;
        this.summary = summary;
        this.order = order;
        this.filters = List.copyOf(filters);
        this.read = read;
        this.shape = JsonShape.<Page<T>>of(item.name() + "List")
                .time("time", "when this was so", Page::time)
                .integer("total", "how many there are that match", Page::total)
                .integer("offset", "how many of them were left out at the beginning", Page::offset)
                .integer("limit", "how many of them are told at most", Page::limit)
                .list(key, summary, item, Page::items);
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        filters.forEach(filter -> all.add(filter.parameter()));
        all.add(Parameter.LIMIT);
        all.add(Parameter.OFFSET);
        return all;
    }

    @Override
    public JsonShape<?> shape() {
        return shape;
    }

    @Override
    public byte[] answer(Query query) {
        int limit = query.integer(Parameter.LIMIT.name(), LIMIT, 1, LIMIT_MAX);
        int offset = query.integer(Parameter.OFFSET.name(), 0, 0, Integer.MAX_VALUE);
        List<T> matching = new ArrayList<>(read.get().toCompletableFuture().join());
        for (Filter<T> filter : filters) {
            String value = query.find(filter.parameter().name());
            if (value != null) {
                matching.removeIf(item -> !filter.matches().test(item, value));
            }
        }
        matching.sort(order);
        List<T> items = matching.stream().skip(offset).limit(limit).toList();
        Page<T> page = new Page<>(Instant.now(), matching.size(), offset, limit, items);
        return Json.bytes(out -> shape.write(out, page));
    }
}
