package dev.weir.proxy.it;

import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Message;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;

/// Makes pipelines that end outside of a transaction: prepared statements by the protocol and by SQL, named and
/// unnamed, in
/// batches some of which fail.
final class RandomPipelines {
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final List<String> TEXTS = List.of(
            "SELECT * FROM t",
            "SELECT * FROM t",
            "SELECT s FROM t",
            "/* one */ SELECT 1 AS one",
            "SELECT 1 AS one",
            "SELECT 'text' /* behind */",
            "SELECT 1/0",
            "SELECT no_such_column FROM t",
            "SELEC");

    private final Random random;

    RandomPipelines(Random random) {
        this.random = random;
    }

    /// @param ends how many ReadyForQuery will come
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Pipeline(byte[] bytes, int ends, String words) {}

    Pipeline next() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StringJoiner words = new StringJoiner(" | ");
        int ends = 1 + random.nextInt(4);
        for (int i = 0; i < ends; i++) {
            words.add(random.nextInt(5) < 3 ? batch(bytes) : query(bytes));
        }
        bytes.writeBytes(Frontend.query("ROLLBACK"));
        return new Pipeline(bytes.toByteArray(), ends + 1, words.toString());
    }

    /// Each name in turn, in a batch or a query of its own.
    List<Pipeline> uses() {
        List<Pipeline> uses = new ArrayList<>();
        for (String name : NAMES) {
            String sql = random.nextBoolean() ? "EXECUTE " + name : "EXECUTE " + name + "; SELECT 5";
            byte[] batch = Frontend.concat(
                    random.nextBoolean() ? Frontend.describeStatement(name) : new byte[0],
                    Frontend.bind("", name),
                    Frontend.describePortal(""),
                    Frontend.execute("", 0),
                    random.nextBoolean() ? Frontend.closeStatement(name) : new byte[0],
                    Frontend.sync());
            boolean simple = random.nextBoolean();
            uses.add(new Pipeline(simple ? Frontend.query(sql) : batch, 1, simple ? sql : "use of " + name));
        }
        return uses;
    }

    private String name() {
        return NAMES.get(random.nextInt(NAMES.size()));
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private String batch(ByteArrayOutputStream bytes) {
        StringJoiner words = new StringJoiner(" ");
        int messages = random.nextInt(4);
        for (int i = 0; i < messages; i++) {
            words.add(step(bytes));
        }
        bytes.writeBytes(Frontend.sync());
        return words.add("S").toString();
    }

    private String step(ByteArrayOutputStream bytes) {
        String name = random.nextInt(4) == 0 ? "" : name();
        return switch (random.nextInt(8)) {
            case 0, 1 -> {
                String text = text();
                bytes.writeBytes(Frontend.parse(name, text));
                yield "P(" + name + "=" + text + ")";
            }
            case 2, 3, 4 -> {
                bytes.writeBytes(Frontend.bind("", name));
                bytes.writeBytes(Frontend.describePortal(""));
                bytes.writeBytes(Frontend.execute("", 0));
                yield "BDE(" + name + ")";
            }
            case 5 -> {
                bytes.writeBytes(Frontend.describeStatement(name));
                yield "D(" + name + ")";
            }
            case 6 -> {
                bytes.writeBytes(Frontend.closeStatement(name));
                yield "C(" + name + ")";
            }
            default -> {
                bytes.writeBytes(Frontend.flush());
                yield "H";
            }
        };
    }

    private String query(ByteArrayOutputStream bytes) {
        String sql = switch (random.nextInt(12)) {
            case 0, 1 -> "EXECUTE " + name();
            case 2 -> "PREPARE " + name() + " AS " + text();
            case 3 -> "DEALLOCATE " + name();
            case 4 -> "BEGIN";
            case 5 -> random.nextBoolean() ? "COMMIT" : "ROLLBACK";
            case 6 -> "SET search_path = " + (random.nextBoolean() ? "truth_a" : "truth_b");
            case 7 -> random.nextInt(3) == 0 ? "DEALLOCATE ALL" : "SELECT 2";
            default -> script();
        };
        bytes.writeBytes(Frontend.query(sql));
        return "Q(" + sql + ")";
    }

    /// Each name is given away once at most, so that PostgreSQL's own account of it can be read.
    private String script() {
        List<String> free = new ArrayList<>(NAMES);
        StringJoiner sql = new StringJoiner("; ");
        int statements = 2 + random.nextInt(3);
        for (int i = 0; i < statements; i++) {
            String name = name();
            sql.add(
                    switch (random.nextInt(6)) {
                        case 0, 1, 2 -> "EXECUTE " + name;
                        case 3 -> free.remove(name) ? "PREPARE " + name + " AS " + text() : "SELECT 4";
                        case 4 -> "DEALLOCATE " + name;
                        default -> "SELECT 3";
                    });
        }
        return sql.toString();
    }

    /// Names and types of a RowDescription.
    static String columns(byte[] description) {
        ByteBuffer body = ByteBuffer.wrap(description);
        int count = body.getShort();
        StringJoiner columns = new StringJoiner(",");
        for (int i = 0; i < count; i++) {
            String name = Message.cString(body);
            body.position(body.position() + 6);
            columns.add(name + ":" + body.getInt());
            body.position(body.position() + 8);
        }
        return columns.toString();
    }
}
