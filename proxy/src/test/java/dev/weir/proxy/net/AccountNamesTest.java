package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.security.auth.module.UnixSystem;
import org.junit.jupiter.api.Test;

final class AccountNamesTest {

    @Test
    void knowsWhoWeAre() {
        UnixSystem self = new UnixSystem();
        assertThat(AccountNames.find(Math.toIntExact(self.getUid()))).isEqualTo(self.getUsername());
    }

    @Test
    void knowsNobodyOfANumberThatIsNotGiven() {
        assertThat(AccountNames.find(2_000_000_011)).isNull();
    }
}
