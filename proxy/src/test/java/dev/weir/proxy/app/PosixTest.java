package dev.weir.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class PosixTest {

    @Test
    void knowsRootByName() {
        assertThat(Posix.user("root")).hasValue(new Posix.User("root", 0, 0));
    }

    @Test
    void knowsNobodyByANameThatIsNotThere() {
        assertThat(Posix.user("no-such-user-here")).isEmpty();
    }

    @Test
    void agreesWithTheJdkOnWhoRunsThis() {
        assertThat(Posix.effectiveUserId() == 0)
                .isEqualTo(System.getProperty("user.name").equals("root"));
    }

    @Test
    void refusesAUserThatDoesNotExist() {
        assertThatThrownBy(() -> UserSwitch.become("no-such-user-here"))
                .isInstanceOf(StartupFailed.class)
                .hasMessage("user \"no-such-user-here\" does not exist");
    }

    @Test
    void remainsWhoItIsWhenThatIsAsked() throws StartupFailed {
        int before = Posix.effectiveUserId();
        UserSwitch.become(System.getProperty("user.name"));
        assertThat(Posix.effectiveUserId()).isEqualTo(before);
    }
}
