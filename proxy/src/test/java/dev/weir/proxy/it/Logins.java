package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.WeirFixture;

/// Who is let in and who is not.
final class Logins {
    private Logins() {}

    static void assertIn(WeirFixture weir, Login login) {
        assertIn(weir.tcp(), login, login.user());
    }

    static void assertIn(Endpoint endpoint, Login login, String role) {
        try (RawClient client = RawClient.connect(endpoint, login)) {
            assertThat(client.value("SELECT current_user")).isEqualTo(role);
        }
    }

    /// The last word to somebody who is turned away.
    static Message refused(WeirFixture weir, Login login) {
        return refused(weir.tcp(), login);
    }

    static Message refused(Endpoint endpoint, Login login) {
        try (RawClient client = RawClient.open(endpoint)) {
            Message last = client.tryLogin(login).getLast();
            assertThat(last.type()).as("%s got %s", login, last).isEqualTo('E');
            assertThat(last.severity()).isEqualTo("FATAL");
            assertThat(client.readToEnd()).isEmpty();
            return last;
        }
    }
}
