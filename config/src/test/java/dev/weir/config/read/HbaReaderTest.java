package dev.weir.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.access.HbaMethod;
import dev.weir.config.access.HbaRule;
import dev.weir.config.access.LoginFacts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of `auth_hba_file`: what a line means, whom it fits, and what is none.
class HbaReaderTest {
    private static final String EXAMPLE = """
        # type  database        user            address                 method
        local   all             postgres                                peer map=admins
        local   "all"           "we ird, name"                          trust   # a database called all
        hostssl app,"app two"   @users.txt      10.0.0.0/8              scram-sha-256
        hostnossl sameuser      all             192.168.7.0 255.255.255.0 reject
        host    replication     standby         ::1/128                 md5
        host    all             all             fd00::/8                cert-is-no-method-here
        host    crm             all             all                     ldap ldapserver=ldap.example.org \
        ldapbasedn="dc=example,dc=org" ldapsearchattribute=uid
        """;

    @TempDir
    Path directory;

    private HbaReader.Result read(String text) {
        return HbaReader.read(directory.resolve("hba.conf"), text);
    }

    private static @Nullable InetAddress address(String text) {
        try {
            return text.equals("local") ? null : InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static LoginFacts login(String address, boolean tls, String database, String user) {
        return new LoginFacts(address(address), tls, false, database, user);
    }

    private @Nullable HbaMethod method(String rules, LoginFacts login) {
        HbaReader.Result result = read(rules);
        assertThat(result.problems()).isEmpty();
        HbaRule rule = result.rules().find(login);
        return rule == null ? null : rule.method();
    }

    private String problem(String line) {
        HbaReader.Result result = read("# first\n\n" + line + "\nlocal all all trust\n");
        assertThat(result.rules().rules()).hasSize(1);
        assertThat(result.problems()).hasSize(1);
        SyntaxProblem problem = result.problems().getFirst();
        assertThat(problem.origin().line()).isEqualTo(3);
        return problem.message();
    }

    @ParameterizedTest
    @CsvSource({
        "host all all 10.0.0.0/8 md5,                   10.1.2.3,        MD5",
        "host all all 10.0.0.0/8 md5,                   11.1.2.3,",
        "host all all 10.9.9.9/8 md5,                   10.1.2.3,        MD5",
        "host all all 10.1.2.3/32 md5,                  10.1.2.3,        MD5",
        "host all all 10.1.2.3/32 md5,                  10.1.2.2,",
        "host all all 10.1.2.3/31 md5,                  10.1.2.2,        MD5",
        "host all all 0.0.0.0/0 md5,                    203.0.113.9,     MD5",
        "host all all 0.0.0.0/0 md5,                    2001:db8::1,",
        "host all all ::/0 md5,                         2001:db8::1,     MD5",
        "host all all ::/0 md5,                         203.0.113.9,",
        "host all all all md5,                          203.0.113.9,     MD5",
        "host all all all md5,                          2001:db8::1,     MD5",
        "host all all 192.168.7.0 255.255.255.0 md5,    192.168.7.200,   MD5",
        "host all all 192.168.7.0 255.255.255.0 md5,    192.168.8.200,",
        "host all all 192.168.7.1 255.255.0.255 md5,    192.168.99.1,    MD5",
        "host all all 2001:db8:1::/48 md5,              2001:db8:1:7::9, MD5",
        "host all all 2001:db8:1::/48 md5,              2001:db8:2::9,",
        "host all all fe80:: ffff:ffff:: md5,           fe80:0:77::1,    MD5",
        "host all all ::ffff:10.0.0.0/104 md5,          10.1.2.3,        MD5",
        "host all all ::1/128 md5,                      ::1,             MD5",
        "host all all 127.0.0.1/32 md5,                 ::1,",
        "local all all md5,                             local,           MD5",
        "local all all md5,                             127.0.0.1,",
        "host all all all md5,                          local,",
    })
    void looksAtTheAddress(String rules, String from, @Nullable HbaMethod expected) {
        assertThat(method(rules, login(from, false, "app", "joe"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"host, true, true", "hostssl, true, false", "hostnossl, false, true"})
    void looksAtTheEncryption(String type, boolean encrypted, boolean plain) {
        String rule = type + " all all all trust";
        assertThat(method(rule, login("127.0.0.1", true, "app", "joe")) != null).isEqualTo(encrypted);
        assertThat(method(rule, login("127.0.0.1", false, "app", "joe")) != null)
                .isEqualTo(plain);
        assertThat(method(rule, login("local", false, "app", "joe"))).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app              | app      | joe | true",
                "app              | App      | joe | false",
                "app,crm          | crm      | joe | true",
                "app , crm        | crm      | joe | false",
                "app, crm         | crm      | joe | true",
                "sameuser         | joe      | joe | true",
                "sameuser         | app      | joe | false",
                "\"sameuser\"     | sameuser | joe | true",
                "\"sameuser\"     | joe      | joe | false",
                "\"all\"          | app      | joe | false",
                "\"all\"          | all      | joe | true",
                "\"a \"\"b\"\"\"  | a \"b\"  | joe | true",
                "\"a,b\"          | a,b      | joe | true",
                "\"a,b\"          | a        | joe | false",
                "replication      | app      | joe | false",
                "\"replication\"  | replication | joe | true",
                "app,sameuser     | joe      | joe | true"
            })
    void looksAtTheDatabase(String column, String database, String user, boolean fits) {
        HbaReader.Result result = read("local " + column + " all trust");
        LoginFacts login = login("local", false, database, user);
        assertThat(result.rules().find(login) != null).isEqualTo(fits);
    }

    @Test
    void physicalReplicationFitsOnlyLinesThatNameIt() {
        LoginFacts physical = new LoginFacts(null, false, true, "app", "joe");
        assertThat(method("local all all trust", physical)).isNull();
        assertThat(method("local app,sameuser all trust", physical)).isNull();
        assertThat(method("local \"replication\" all trust", physical)).isNull();
        assertThat(method("local replication joe trust", physical)).isEqualTo(HbaMethod.TRUST);
        assertThat(method("local app,replication joe trust", physical)).isEqualTo(HbaMethod.TRUST);
    }

    @Test
    void theFirstLineThatFitsCounts() {
        String rules = "local app joe reject\nlocal all joe trust\nlocal all all md5\n";
        assertThat(method(rules, login("local", false, "app", "joe"))).isEqualTo(HbaMethod.REJECT);
        assertThat(method(rules, login("local", false, "crm", "joe"))).isEqualTo(HbaMethod.TRUST);
        assertThat(method(rules, login("local", false, "app", "ann"))).isEqualTo(HbaMethod.MD5);
    }

    @Test
    void readsNamesFromFilesBesideIt() throws IOException {
        Files.writeString(directory.resolve("users.txt"), "joe, ann # and more\n\n@more.txt \"@odd\"\n");
        Files.writeString(directory.resolve("more.txt"), "\"we ird\"\n");
        String rules = "local all @users.txt,bob trust";
        for (String user : List.of("joe", "ann", "we ird", "@odd", "bob")) {
            assertThat(method(rules, login("local", false, "app", user)))
                    .as(user)
                    .isEqualTo(HbaMethod.TRUST);
        }
        assertThat(method(rules, login("local", false, "app", "and"))).isNull();
    }

    @Test
    void filesThatNameThemselvesAreNotFollowedForEver() throws IOException {
        Files.writeString(directory.resolve("loop.txt"), "@loop.txt\n");
        assertThat(problem("local all @loop.txt trust")).contains("more than 10 deep");
        assertThat(problem("local all @nowhere.txt trust")).isEqualTo("@nowhere.txt: no such file");
    }

    @Test
    void keepsTheOptionsOfItsMethods() {
        HbaRule peer = read("local all all peer map=admins").rules().rules().getFirst();
        assertThat(peer.map()).isEqualTo("admins");
        HbaRule ldap = read("host crm all all ldap ldapserver=\"a b\" ldapprefix=\"cn=\" \"ldapsuffix=, o=x\"")
                .rules()
                .rules()
                .getFirst();
        assertThat(ldap.ldap().servers()).containsExactly("a", "b");
        assertThat(ldap.ldap().prefix()).isEqualTo("cn=");
        assertThat(ldap.ldap().suffix()).isEqualTo(", o=x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lokal all all trust            | the type is to be local, host, hostssl or hostnossl",
                "hostgssenc all all all trust   | GSSAPI is not supported",
                "\"local\" all all trust        | the type is to be",
                "local                          | ends before the database",
                "local all                      | ends before the user",
                "local all all                  | ends before the method",
                "host all all                   | ends before the address",
                "host all all 10.0.0.1          | ends before the mask",
                "host all all 10.0.0.1 trust    | not an address",
                "host all all 10.0.0.0/33 trust | not an address",
                "host all all 10.0.0/8 trust    | not an address",
                "host all all 010.0.0.0/8 trust | not an address",
                "host all all ::1/129 trust     | not an address",
                "host all all 1::2::3/64 trust  | not an address",
                "host all all 10.0.0.0 ffff:: trust | not an address",
                "host all all db.example.org trust  | host names are not supported",
                "host all all .example.org trust    | host names are not supported",
                "host all all samenet trust     | samenet is not supported",
                "local samerole all trust       | samerole is not supported",
                "local samegroup all trust      | samegroup is not supported",
                "local all +staff trust         | +role is not supported",
                "local /^db all trust           | regular expressions are not supported",
                "local all /^us trust           | regular expressions are not supported",
                "local all all gss              | the method gss is not supported here",
                "local all all pam              | the method pam is not supported here",
                "local all all md4              | unknown method",
                "host all all all peer          | peer needs a line of type local",
                "host all all all cert          | cert needs a line of type hostssl",
                "local all all md5 map=x        | the method md5 has no option map",
                "local all all peer nope=x      | the method peer has no option nope",
                "local all all ldap             | the method ldap needs options",
                "local all all ldap ldapserver=x | ldapbasedn, or ldapprefix or ldapsuffix, is missing",
                "local all all ldap ldapserver=x ldapnope=1 | unknown option ldapnope",
                "local \"all all trust          | a quote that does not end",
                "local all,,app all trust       | a comma with nothing beside it",
                "local all all md5,trust        | a comma in the method"
            })
    void namesTheLineThatIsNone(String line, String message) {
        assertThat(problem(line)).contains(message);
    }

    @Test
    void suggestsWhatMayHaveBeenMeant() {
        assertThat(read("local all all scram-sha-265").problems().getFirst().suggestion())
                .isEqualTo("scram-sha-256");
        assertThat(read("locale all all md5").problems().getFirst().suggestion())
                .isEqualTo("local");
    }

    @Test
    void tellsAllProblemsAtOnce() {
        assertThat(read("a\nb\nlocal all all trust\nc\n").problems())
                .extracting(problem -> problem.origin().line())
                .containsExactly(1, 2, 4);
    }

    /// Cut short anywhere a file must not mean more than it did before, and never break the reader.
    @Test
    void isReadWhereverItIsCut() throws IOException {
        Files.writeString(directory.resolve("users.txt"), "joe\n");
        LoginFacts login = login("192.168.7.9", false, "joe", "joe");
        for (int end = 0; end <= EXAMPLE.length(); end++) {
            HbaReader.Result result = read(EXAMPLE.substring(0, end));
            HbaRule rule = result.rules().find(login);
            assertThat(rule == null || rule.method() == HbaMethod.REJECT)
                    .as("cut at %d", end)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void survivesWhateverItReads(long seed) {
        Random random = new Random(seed);
        String alphabet =
                "local host hostssl all \"\",,@#/+ 10.0.0.0/8 ::1/128 255.0.0.0 md5 trust ldap ldapurl= map=x "
                        + "\t\0\\é\n";
        for (int run = 0; run < 500; run++) {
            StringBuilder text = new StringBuilder(EXAMPLE);
            for (int change = 0; change < 1 + random.nextInt(12); change++) {
                int at = random.nextInt(text.length());
                int from = random.nextInt(alphabet.length() - 1);
                int to = from + 1 + random.nextInt(Math.min(8, alphabet.length() - from - 1));
                text.replace(at, Math.min(text.length(), at + random.nextInt(6)), alphabet.substring(from, to));
            }
            HbaReader.Result result = read(text.toString());
            assertThat(result.rules().rules().size() + result.problems().size())
                    .as("seed %d run %d", seed, run)
                    .isLessThanOrEqualTo((int) text.toString().lines().count());
            result.rules().find(login("10.0.0.1", true, "app", "joe"));
        }
    }
}
