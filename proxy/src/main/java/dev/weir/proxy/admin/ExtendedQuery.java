package dev.weir.proxy.admin;

import dev.weir.console.Console;
import dev.weir.console.ConsoleReply;
import dev.weir.console.Description;
import dev.weir.console.command.Command;
import dev.weir.console.port.CommandRefused;
import dev.weir.console.table.Column;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.TypeOid;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The prepared statements and portals of a console session, and the messages that make and show them ("Message Flow →
/// Extended Query"). Everything but Execute: that is the session's. Confined to the session's event loop.
final class ExtendedQuery {

    /// No driver keeps nearly as many.
    private static final int NAMES_MAX = 1000;

    private static final String UNNAMED = "";
    private static final int INT2_OID = 21;

    private final Console console;
    private final Map<String, ConsoleStatement> statements = new HashMap<>();
    private final Map<String, ConsolePortal> portals = new HashMap<>();

    ExtendedQuery(Console console) {
        this.console = console;
    }

    /// Parse: | str name | str query | int16 count | int32 each type |
    void onParse(FieldReader body, ByteBuf out) {
        String name = body.cString();
        String query = body.cString();
        List<Integer> types = new ArrayList<>();
        for (int left = body.count(); left > 0; left--) {
            types.add(body.int32());
        }
        body.end();
        requireFree(statements, name, "42P05", "prepared statement");
        // A Parse that fails leaves no unnamed statement behind, not even the one before it.
        statements.remove(name);
        statements.put(name, new ConsoleStatement(name, query, console.describe(query), types));
        Messages.parseComplete(out);
    }

    /// Bind: | str portal | str statement | int16 count | int16 each format | int16 count | int32 length and value of
    /// each parameter | int16 count | int16 each result format |
    void onBind(FieldReader body, ByteBuf out) {
        String name = body.cString();
        ConsoleStatement statement = statement(body.cString());
        boolean[] binary = new boolean[body.count()];
        for (int i = 0; i < binary.length; i++) {
            binary[i] = ResultFormats.isBinary(body.int16());
        }
        List<@Nullable String> parameters = parameters(body, statement, binary);
        ResultFormats formats = ResultFormats.read(body);
        body.end();
        requireFree(portals, name, "42P03", "portal");
        int wanted = statement.description().parameterCount();
        if (parameters.size() != wanted) {
            throw new CommandRefused("bind message supplies " + parameters.size()
                    + " parameters, but the prepared statement requires " + wanted);
        }
        List<Command> commands = console.parse(statement.query(), parameters);
        portals.put(name, new ConsolePortal(statement, commands.isEmpty() ? null : commands.getFirst(), formats));
        Messages.bindComplete(out);
    }

    /// Describe: | byte S or P | str name |
    void onDescribe(FieldReader body, ByteBuf out) {
        byte kind = body.int8();
        String name = body.cString();
        body.end();
        if (isStatement(kind)) {
            Description description = statement(name).description();
            int[] types = new int[description.parameterCount()];
            Arrays.fill(types, TypeOid.TEXT);
            Messages.parameterDescription(out, types);
            describeRows(description, ResultFormats.TEXT, out);
        } else {
            ConsolePortal portal = portal(name);
            describeRows(portal.statement().description(), portal.formats(), out);
        }
    }

    /// Close: | byte S or P | str name |
    void onClose(FieldReader body, ByteBuf out) {
        byte kind = body.int8();
        String name = body.cString();
        body.end();
        if (isStatement(kind)) {
            statements.remove(name);
            portals.values().removeIf(portal -> portal.statement().name().equals(name));
        } else {
            portals.remove(name);
        }
        Messages.closeComplete(out);
    }

    /// The portal of that name.
    ///
    /// @throws CommandRefused if there is none
    ConsolePortal portal(String name) {
        ConsolePortal portal = portals.get(name);
        if (portal == null) {
            throw new CommandRefused("34000", "portal \"" + name + "\" does not exist", null, null);
        }
        return portal;
    }

    /// Sends the next rows of a portal, at most so many; 0 or less means all.
    void sendRows(ConsolePortal portal, ConsoleReply.Rows rows, int maxRows, ByteBuf out) {
        int all = rows.table().rows().size();
        int from = portal.sent();
        int to = maxRows <= 0 ? all : (int) Math.min(all, (long) from + maxRows);
        TableWriter.rows(out, rows.table(), portal.formats(), from, to);
        portal.sentUpTo(to);
        // Like PostgreSQL, say "suspended" whenever the limit was reached, whether or not there is more.
        if (maxRows > 0 && to - from == maxRows) {
            Messages.portalSuspended(out);
        } else {
            Messages.commandComplete(out, rows.tag());
        }
    }

    /// A simple query ends the unnamed statement and portal.
    void forgetUnnamed() {
        statements.remove(UNNAMED);
        portals.remove(UNNAMED);
    }

    /// The end of a transaction ends all portals.
    void forgetPortals() {
        portals.clear();
    }

    private ConsoleStatement statement(String name) {
        ConsoleStatement statement = statements.get(name);
        if (statement == null) {
            throw new CommandRefused(
                    "26000",
                    name.isEmpty()
                            ? "unnamed prepared statement does not exist"
                            : "prepared statement \"" + name + "\" does not exist",
                    null,
                    null);
        }
        return statement;
    }

    private static void requireFree(Map<String, ?> names, String name, String sqlState, String what) {
        if (!name.isEmpty() && names.containsKey(name)) {
            throw new CommandRefused(
                    sqlState,
                    (what.equals("portal") ? "cursor" : what) + " \"" + name + "\" already exists",
                    null,
                    null);
        }
        if (names.size() >= NAMES_MAX) {
            throw new CommandRefused("54000", "too many open " + what + "s", null, null);
        }
    }

    private static List<@Nullable String> parameters(FieldReader body, ConsoleStatement statement, boolean[] binary) {
        int count = body.count();
        if (binary.length > 1 && binary.length != count) {
            throw new CommandRefused(
                    "bind message has " + binary.length + " parameter formats but " + count + " parameters");
        }
        List<@Nullable String> parameters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean isBinary = binary.length == 1 ? binary[0] : binary.length > 1 && binary[i];
            int length = body.int32();
            parameters.add(length == -1 ? null : parameter(body, length, isBinary ? statement.parameterType(i) : 0));
        }
        return parameters;
    }

    /// A parameter as text. Text looks the same in both formats; integers, which drivers like to send, do not.
    private static String parameter(FieldReader body, int length, int binaryType) {
        FieldReader value = new FieldReader(Unpooled.wrappedBuffer(body.bytes(length)));
        return switch (binaryType) {
            case INT2_OID -> Short.toString(value.int16());
            case TypeOid.INT4 -> Integer.toString(value.int32());
            case TypeOid.INT8 -> Long.toString((long) value.int32() << 32 | Integer.toUnsignedLong(value.int32()));
            default -> new String(value.rest(), StandardCharsets.UTF_8);
        };
    }

    private static void describeRows(Description description, ResultFormats formats, ByteBuf out) {
        List<Column> columns = description.columns();
        if (columns == null) {
            Messages.noData(out);
        } else {
            TableWriter.rowDescription(out, columns, formats);
        }
    }

    private static boolean isStatement(byte kind) {
        return switch (kind) {
            case 'S' -> true;
            case 'P' -> false;
            default -> throw new ProtocolViolation("invalid DESCRIBE or CLOSE message subtype " + kind);
        };
    }
}
