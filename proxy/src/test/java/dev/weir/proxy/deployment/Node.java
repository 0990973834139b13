package dev.weir.proxy.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// A place in a YAML or JSON document. What is looked for and is not there fails.
///
/// @param place for people to read
/// @param value a map, a list, or a scalar
record Node(String place, Object value) {

    private static final String MERGE = "<<";

    /// The documents of a file; a key that stands there twice fails.
    static List<Node> documents(Path file) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file.toString())
                .setAllowDuplicateKeys(false)
                .build();
        List<Node> documents = new ArrayList<>();
        for (Object document : new Load(settings).loadAllFromString(text(file))) {
            assertThat(document).as("a document of %s", file).isNotNull();
            documents.add(new Node(file.getFileName().toString(), merged(document)));
        }
        return documents;
    }

    static Node document(Path file) {
        List<Node> documents = documents(file);
        assertThat(documents).as("documents of %s", file).hasSize(1);
        return documents.getFirst();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Maps with what they take over from others (`<<`), as Compose reads them.
    private static Object merged(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<Object, Object> all = new LinkedHashMap<>();
                if (map.get(MERGE) instanceof Map<?, ?> taken) {
                    taken.forEach((key, each) -> all.put(key, merged(each)));
                }
                map.forEach((key, each) -> all.put(key, each == null ? "" : merged(each)));
                all.remove(MERGE);
                yield all;
            }
            case List<?> list -> list.stream().map(Node::merged).toList();
            default -> value;
        };
    }

    Node at(Object... path) {
        Node here = this;
        for (Object step : path) {
            here = step instanceof Integer index ? here.list().get(index) : here.key(step);
        }
        return here;
    }

    private Node key(Object name) {
        assertThat(has(name)).as("%s has %s", place, name).isTrue();
        return new Node(place + "." + name, Objects.requireNonNull(map().get(name)));
    }

    boolean has(Object name) {
        return value instanceof Map<?, ?> map && map.containsKey(name);
    }

    Map<?, ?> map() {
        assertThat(value).as("%s", place).isInstanceOf(Map.class);
        return (Map<?, ?>) value;
    }

    /// The keys with what stands behind them.
    Map<String, Node> entries() {
        Map<String, Node> entries = new LinkedHashMap<>();
        map().forEach((key, each) -> entries.put(key.toString(), new Node(place + "." + key, each)));
        return entries;
    }

    List<Node> list() {
        assertThat(value).as("%s", place).isInstanceOf(List.class);
        List<Node> nodes = new ArrayList<>();
        for (Object item : (List<?>) value) {
            nodes.add(new Node(place + "[" + nodes.size() + "]", item));
        }
        return nodes;
    }

    List<String> texts() {
        return list().stream().map(Node::text).toList();
    }

    String text() {
        assertThat(value).as("%s", place).isInstanceOfAny(String.class, Number.class, Boolean.class);
        return value.toString();
    }

    int number() {
        assertThat(value).as("%s", place).isInstanceOf(Integer.class);
        return (Integer) value;
    }

    /// Every value of this key, however deep.
    Stream<Node> all(String key) {
        Stream<Node> here = has(key) ? Stream.of(at(key)) : Stream.empty();
        Stream<Node> below = switch (value) {
            case Map<?, ?> _ -> entries().values().stream().flatMap(node -> node.all(key));
            case List<?> _ -> list().stream().flatMap(node -> node.all(key));
            default -> Stream.empty();
        };
        return Stream.concat(here, below);
    }
}
