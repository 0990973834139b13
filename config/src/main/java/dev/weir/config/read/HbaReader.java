package dev.weir.config.read;

import dev.weir.config.Origin;
import dev.weir.config.access.AddressRange;
import dev.weir.config.access.BadOption;
import dev.weir.config.access.HbaMethod;
import dev.weir.config.access.HbaNames;
import dev.weir.config.access.HbaRule;
import dev.weir.config.access.HbaRules;
import dev.weir.config.access.LdapOptions;
import dev.weir.config.access.LineLexer;
import dev.weir.config.access.Token;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `auth_hba_file`: `local|host|hostssl|hostnossl database user [address [mask]] method [options]`, as in
/// PostgreSQL's `pg_hba.conf` so far as PgBouncer knows it. Blocks while it reads files that `@` names.
public final class HbaReader {
    private static final Set<String> NOT_SUPPORTED_DATABASES = Set.of("samerole", "samegroup");
    private static final Set<String> NOT_SUPPORTED_ADDRESSES = Set.of("samehost", "samenet");
    private static final Set<String> NOT_SUPPORTED_METHODS =
            Set.of("gss", "sspi", "ident", "pam", "radius", "bsd", "oauth", "krb5", "crypt");

    private final String file;
    private final NameFiles nameFiles;
    private final SyntaxProblems problems = new SyntaxProblems();
    private final List<HbaRule> rules = new ArrayList<>();

    /// What the file says, and the lines that could not be read. Immutable.
    public record Result(HbaRules rules, List<SyntaxProblem> problems) {}

    private HbaReader(Path file) {
        this.file = file.toString();
        this.nameFiles = new NameFiles(file);
    }

    /// Reads the text of a file.
    ///
    /// @param file where the text comes from; files that `@` names are looked for beside it
    public static Result read(Path file, String text) {
        HbaReader reader = new HbaReader(file);
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            reader.line(line, new Origin(reader.file, number));
        }
        return new Result(new HbaRules(reader.rules), reader.problems.list());
    }

    private void line(String line, Origin origin) {
        try {
            List<List<Token>> fields = LineLexer.fields(line);
            if (!fields.isEmpty()) {
                rules.add(rule(new Fields(fields), origin));
            }
        } catch (BadOption e) {
            problems.add(origin, e.reason());
        } catch (BadLine e) {
            problems.add(new SyntaxProblem(origin, e.message(), e.suggestion()));
        }
    }

    /// The fields of one line, one after the other.
    private static final class Fields {
        private final List<List<Token>> fields;
        private int at;

        Fields(List<List<Token>> fields) {
            this.fields = fields;
        }

        List<Token> next(String what) throws BadLine {
            if (at == fields.size()) {
                throw new BadLine("ends before the " + what);
            }
            return fields.get(at++);
        }

        Token single(String what) throws BadLine {
            List<Token> tokens = next(what);
            if (tokens.size() != 1) {
                throw new BadLine("a comma in the " + what);
            }
            return tokens.getFirst();
        }

        List<List<Token>> rest() {
            return fields.subList(at, fields.size());
        }
    }

    private HbaRule rule(Fields fields, Origin origin) throws BadLine {
        HbaRule.Connection connection = connection(fields.single("type"));
        HbaNames databases = databases(fields.next("database"));
        HbaNames users = users(fields.next("user"));
        AddressRange addresses = connection == HbaRule.Connection.LOCAL ? AddressRange.ALL : addresses(fields);
        HbaMethod method = method(fields.single("method"));
        check(connection, method);
        String map = "";
        StringBuilder ldap = new StringBuilder();
        for (List<Token> option : fields.rest()) {
            String text = String.join(",", option.stream().map(Token::text).toList());
            if (method == HbaMethod.LDAP) {
                ldap.append('"').append(text.replace("\"", "\"\"")).append("\" ");
            } else if (text.startsWith("map=") && (method == HbaMethod.CERT || method == HbaMethod.PEER)) {
                map = text.substring("map=".length());
            } else {
                throw new BadLine("the method " + method.text() + " has no option " + optionName(text));
            }
        }
        return new HbaRule(
                origin, connection, databases, users, addresses, method, map, ldapOptions(method, ldap.toString()));
    }

    private static String optionName(String option) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        return name.length() <= 40 ? name : name.substring(0, 40) + "…";
    }

    private static LdapOptions ldapOptions(HbaMethod method, String options) throws BadLine {
        if (method != HbaMethod.LDAP) {
            return LdapOptions.NONE;
        }
        try {
            LdapOptions parsed = LdapOptions.parse(options);
            if (parsed.servers().isEmpty()) {
                throw new BadLine("the method ldap needs options");
            }
            return parsed;
        } catch (BadOption e) {
            throw new BadLine(e.reason());
        }
    }

    private static HbaRule.Connection connection(Token type) throws BadLine {
        return switch (type.quoted() ? "" : type.text()) {
            case "local" -> HbaRule.Connection.LOCAL;
            case "host" -> HbaRule.Connection.HOST;
            case "hostssl" -> HbaRule.Connection.HOSTSSL;
            case "hostnossl" -> HbaRule.Connection.HOSTNOSSL;
            case "hostgssenc", "hostnogssenc" -> throw new BadLine("GSSAPI is not supported");
            default ->
                throw new BadLine(
                        "the type is to be local, host, hostssl or hostnossl",
                        Nearest.find(type.text(), List.of("local", "host", "hostssl", "hostnossl")));
        };
    }

    private HbaNames databases(List<Token> tokens) throws BadLine {
        return names(tokens, true);
    }

    private HbaNames users(List<Token> tokens) throws BadLine {
        return names(tokens, false);
    }

    private HbaNames names(List<Token> tokens, boolean ofDatabases) throws BadLine {
        Set<String> names = new HashSet<>();
        boolean all = false;
        boolean sameUser = false;
        boolean replication = false;
        for (Token token : nameFiles.expanded(tokens)) {
            if (token.is("all")) {
                all = true;
            } else if (ofDatabases && token.is("sameuser")) {
                sameUser = true;
            } else if (ofDatabases && token.is("replication")) {
                replication = true;
            } else {
                names.add(plain(token, ofDatabases));
            }
        }
        return new HbaNames(all, sameUser, replication, names);
    }

    private static String plain(Token token, boolean ofDatabases) throws BadLine {
        String text = token.text();
        if (!token.quoted()) {
            if (ofDatabases && NOT_SUPPORTED_DATABASES.contains(text)) {
                throw new BadLine(text + " is not supported: who belongs to a role is known to PostgreSQL alone");
            }
            if (text.startsWith("+")) {
                throw new BadLine("+role is not supported: who belongs to a role is known to PostgreSQL alone");
            }
            if (text.startsWith("/")) {
                throw new BadLine("regular expressions are not supported in this column");
            }
            if (text.equals("@")) {
                throw new BadLine("@ without the name of a file");
            }
        }
        return text;
    }

    private static AddressRange addresses(Fields fields) throws BadLine {
        Token token = fields.single("address");
        String text = token.text();
        if (token.is("all")) {
            return AddressRange.ALL;
        }
        if (NOT_SUPPORTED_ADDRESSES.contains(text)) {
            throw new BadLine(text + " is not supported; give the network in figures");
        }
        int slash = text.indexOf('/');
        AddressRange range = slash >= 0
                ? AddressRange.ofPrefix(text.substring(0, slash), text.substring(slash + 1))
                : AddressRange.ofMask(text, maskOf(fields, text));
        if (range == null) {
            throw new BadLine("not an address with a prefix length or a mask");
        }
        return range;
    }

    private static String maskOf(Fields fields, String address) throws BadLine {
        if (!address.matches("[0-9a-fA-F:.]+")) {
            throw new BadLine("host names are not supported; give an address in figures, a network or all");
        }
        return fields.single("mask").text();
    }

    private static HbaMethod method(Token token) throws BadLine {
        HbaMethod method = HbaMethod.find(token.text());
        if (method == null) {
            String word = token.text().length() <= 40 ? token.text() : "…";
            throw NOT_SUPPORTED_METHODS.contains(word)
                    ? new BadLine("the method " + word + " is not supported here; expected one of "
                            + String.join(", ", HbaMethod.words()))
                    : new BadLine(
                            "unknown method; expected one of " + String.join(", ", HbaMethod.words()),
                            Nearest.find(word, HbaMethod.words()));
        }
        return method;
    }

    private static void check(HbaRule.Connection connection, HbaMethod method) throws BadLine {
        if (method == HbaMethod.PEER && connection != HbaRule.Connection.LOCAL) {
            throw new BadLine("peer needs a line of type local: the system knows only who uses its own sockets");
        }
        if (method == HbaMethod.CERT && connection != HbaRule.Connection.HOSTSSL) {
            throw new BadLine("cert needs a line of type hostssl");
        }
    }

    /// A line that is no rule.
    static final class BadLine extends Exception {
        private static final long serialVersionUID = 1L;

        private final String message;
        private final @Nullable String suggestion;

        BadLine(String message) {
            this(message, null);
        }

        BadLine(String message, @Nullable String suggestion) {
            super(message, null, false, false);
            this.message = message;
            this.suggestion = suggestion;
        }

        String message() {
            return message;
        }

        @Nullable
        String suggestion() {
            return suggestion;
        }
    }
}
